// Asks the gateway named on the command line with Apollo Client, its cache as it comes, and prints what it shows, as JSON.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { print } from 'graphql';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

const url = `${process.argv[2]}/graphql`;
const headers = { 'x-searchway-cluster': 'opensearch' };
const http = new HttpLink({ uri: url, headers });
const create = (link, cache = new InMemoryCache()) => new ApolloClient({ link, cache });
const shards = (data) => data.cat.allocation.edges.map(({ node }) => node.shards);
const descriptions = (data) => data.rules.rules.edges.map(({ node }) => node.description);

const sockets = new GraphQLWsLink(
  createSocket({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: headers }),
);

const events = createEvents({ url, headers });
const eventLink = new ApolloLink(
  ({ query, variables, operationName }) =>
    new Observable((sink) => events.subscribe({ query: print(query), variables, operationName }, sink)),
);

// Reads a stream to its end.
function streamed(link) {
  const query = gql`subscription { rulesStreamRules(featureType: "workload_group") { rule { description } } }`;
  return new Promise((resolve, reject) => {
    const got = [];
    create(link)
      .subscribe({ query })
      .subscribe({
        next: ({ data, error }) => got.push(error ? error.message : data.rulesStreamRules.rule.description),
        error: reject,
        complete: () => resolve(got),
      });
  });
}

// What the cache has for a component after each page.
async function paged() {
  const cache = new InMemoryCache({ typePolicies: { RulesQueries: { fields: { rules: relayStylePagination(['featureType']) } } } });
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
  const client = create(http, cache);
  let { data } = await client.query({ query });
  const watched = client.watchQuery({ query });
  watched.subscribe();
  const shown = [descriptions(data)];
  while (data.rules.rules.pageInfo.hasNextPage) {
    ({ data } = await watched.fetchMore({ variables: { after: data.rules.rules.pageInfo.endCursor } }));
    shown.push(descriptions(client.readQuery({ query })));
  }
  return shown;
}

// The first cluster, read out of the cache after the second one was asked.
async function clusters() {
  const client = create(new HttpLink({ uri: url }));
  const query = gql`query Shards($cluster: String!) { cat(cluster: $cluster) { allocation { edges { node { shards } } } } }`;
  const [first, second] = ['elasticsearch', 'opensearch'].map((cluster) => ({ query, variables: { cluster } }));
  await client.query(first);
  await client.query(second);
  return [first, second].map((asked) => shards(client.readQuery(asked)));
}

async function failed() {
  const query = gql`{ ism { policy(policyId: "nothing") { __typename } } }`;
  const error = await create(http).query({ query }).catch((reason) => reason);
  return error.errors.map(({ extensions }) => extensions);
}

console.log(
  JSON.stringify({
    'graphql-ws': await streamed(sockets),
    'graphql-sse': await streamed(eventLink),
    'pages': await paged(),
    'clusters': await clusters(),
    'errors': await failed(),
  }),
);
process.exit(0); // clients keep connections open
