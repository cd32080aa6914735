// Asks the gateway named on the command line with Relay, its store as it comes, and prints what it shows, as JSON.
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import { useEffect } from 'react';
import { useLazyLoadQuery, usePaginationFragment } from 'react-relay';
import {
  Environment,
  Network,
  Observable,
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  graphql,
  requestSubscription,
} from 'relay-runtime';
import WebSocket from 'ws';

import { render } from './render';

const url = `${process.argv[2]}/graphql`;
const headers = { 'x-searchway-cluster': 'opensearch' };

async function fetched({ text: query }, variables) {
  const body = JSON.stringify({ query, variables });
  return (await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })).json();
}

const sockets = createSocket({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: headers });
const events = createEvents({ url, headers });

function create(streams) {
  const subscribed = ({ text: query, name: operationName }, variables) =>
    Observable.create((sink) => streams.subscribe({ query, variables, operationName }, sink));
  return new Environment({ network: Network.create(fetched, subscribed) });
}

// Reads a stream to its end.
function streamed(streams) {
  const subscription = graphql`
    subscription relaySubscription {
      rulesStreamRules(featureType: "workload_group") {
        rule {
          description
        }
      }
    }
  `;
  return new Promise((resolve, reject) => {
    const got = [];
    requestSubscription(create(streams), {
      subscription,
      variables: {},
      onNext: (data) => got.push(data.rulesStreamRules.rule.description),
      onError: reject,
      onCompleted: () => resolve(got),
    });
  });
}

const rulesQuery = graphql`
  query relayRulesQuery {
    ...relayRules
  }
`;
const rulesFragment = graphql`
  fragment relayRules on Query @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" })
  @refetchable(queryName: "relayRulesPageQuery") {
    rules {
      rules(featureType: "workload_group", first: $count, after: $cursor) @connection(key: "relay_rules") {
        edges {
          node {
            description
          }
        }
      }
    }
  }
`;

// What a component shows after each page.
function paged() {
  const pages = [];
  return render(create(), function Rules({ shown, finish }) {
    const { data, hasNext, loadNext } = usePaginationFragment(rulesFragment, useLazyLoadQuery(rulesQuery, {}));
    const rules = data.rules.rules.edges.map(({ node }) => node.description);
    useEffect(() => {
      pages.push(shown().split('\n'));
      if (hasNext) loadNext(50);
      else finish(pages);
    }, [rules.length]);
    return rules.join('\n');
  });
}

// The first cluster, read out of the store after the second one was asked.
async function clusters() {
  const query = graphql`
    query relayShardsQuery($cluster: String!) {
      cat(cluster: $cluster) {
        allocation {
          edges {
            node {
              shards
            }
          }
        }
      }
    }
  `;
  const environment = create();
  const asked = ['elasticsearch', 'opensearch'].map((cluster) => createOperationDescriptor(getRequest(query), { cluster }));
  for (const operation of asked) {
    environment.retain(operation); // as a component that is shown does
    await fetchQuery(environment, query, operation.request.variables).toPromise();
  }
  return asked.map(({ fragment }) => environment.lookup(fragment).data.cat.allocation.edges.map(({ node }) => node.shards));
}

async function failed() {
  const query = graphql`
    query relayErrorQuery {
      ism {
        policy(policyId: "nothing") @catch {
          __typename
        }
      }
    }
  `;
  const { ism } = await fetchQuery(create(), query, {}).toPromise();
  return ism.policy.errors.map(({ extensions }) => extensions);
}

async function main() {
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
}

main();
