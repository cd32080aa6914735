// Asks the gateway named on the command line with urql, its normalised cache as it comes, and prints what it shows, as JSON.
import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

const url = `${process.argv[2]}/graphql`;
const headers = { 'x-searchway-cluster': 'opensearch' };
const shards = (data) => data.cat.allocation.edges.map(({ node }) => node.shards);
const descriptions = (data) => data.rules.rules.edges.map(({ node }) => node.description);

function create({ cache = {}, streams } = {}) {
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: streams.subscribe(request, sink) }),
  });
  const exchanges = [cacheExchange(cache), fetchExchange, ...(streams ? [subscriptionExchange({ forwardSubscription })] : [])];
  return new Client({ url, exchanges, fetchOptions: { headers }, preferGetMethod: false });
}

const sockets = createSocket({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: headers });
const events = createEvents({ url, headers });

// Reads a stream to its end, at which its last result comes once more.
function streamed(streams) {
  const query = gql`subscription { rulesStreamRules(featureType: "workload_group") { rule { description } } }`;
  return new Promise((resolve) => {
    const got = [];
    create({ streams })
      .subscription(query, {})
      .subscribe(({ data, error, hasNext }) => {
        if (!hasNext) resolve(got);
        else got.push(error ? error.message : data.rulesStreamRules.rule.description);
      });
  });
}

// What is shown after each page.
async function paged() {
  const client = create({ cache: { resolvers: { RulesQueries: { rules: relayPagination() } } } });
  const query = gql`
    query Rules($after: String) {
      rules {
        id
        rules(featureType: "workload_group", first: 50, after: $after) {
          edges { cursor node { description } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  `;
  const shown = [];
  let after = null;
  do {
    const { data } = await client.query(query, { after }).toPromise();
    shown.push(descriptions(data));
    after = data.rules.rules.pageInfo.hasNextPage && data.rules.rules.pageInfo.endCursor;
  } while (after);
  return shown;
}

// The first cluster, read out of the cache after the second one was asked.
async function clusters() {
  const client = create();
  const query = gql`query Shards($cluster: String!) { cat(cluster: $cluster) { allocation { edges { node { shards } } } } }`;
  const asked = ['elasticsearch', 'opensearch'].map((cluster) => ({ cluster }));
  for (const variables of asked) await client.query(query, variables).toPromise();
  return asked.map((variables) => shards(client.readQuery(query, variables).data));
}

async function failed() {
  const { error } = await create().query(gql`{ ism { policy(policyId: "nothing") { __typename } } }`, {}).toPromise();
  return error.graphQLErrors.map(({ extensions }) => extensions);
}

console.log(
  JSON.stringify({
    'graphql-ws': await streamed(sockets),
    'graphql-sse': await streamed(events),
    'pages': await paged(),
    'clusters': await clusters(),
    'errors': await failed(),
  }),
);
process.exit(0); // clients keep connections open
