// Streams from the gateway named on the command line with each client that can, and prints what came of it, as JSON.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

const url = `${process.argv[2]}/graphql`;
const headers = { 'x-searchway-cluster': 'opensearch' };
const stream = 'subscription { rulesStreamRules(featureType: "workload_group") { rule { description } } }';
const description = (result) => result.data.rulesStreamRules.rule.description;
const failed = (error) => ({ name: error.name, message: error.message, code: error.code, reason: error.reason, status: error.response?.status });

function apollo() {
  const link = new HttpLink({ uri: url, headers });
  return new ApolloClient({ link, cache: new InMemoryCache(), incrementalHandler: new Defer20220824Handler() });
}

// Reads a stream of Apollo Client to its end.
function observed(query) {
  return new Promise((resolve) => {
    const got = [];
    apollo().subscribe({ query: gql(query) }).subscribe({
      next: (result) => got.push(result.error ? failed(result.error) : description(result)),
      error: (error) => resolve([...got, failed(error)]),
      complete: () => resolve(got),
    });
  });
}

// Reads a stream of graphql-sse or graphql-ws to its end.
function subscribed(client, request, read = description) {
  return new Promise((resolve) => {
    const got = [];
    client.subscribe(request, {
      next: (result) => got.push(read(result)),
      error: (error) => resolve([...got, Array.isArray(error) ? { errors: error.map(({ message }) => message) } : failed(error)]),
      complete: () => resolve(got),
    });
  });
}

function socket(connectionParams) {
  return createSocket({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams });
}

async function deferred() {
  const query = gql('{ cat { ... @defer { allocation { totalCount } } } }');
  return apollo().query({ query }).catch(failed);
}

// The client aborts the answer that refuses it, so that its body is read before.
async function singleConnection() {
  let body;
  const reading = async (address, options) => {
    const response = await fetch(address, options);
    body = await response.clone().json();
    return response;
  };
  const client = createEvents({ url, headers, singleConnection: true, retryAttempts: 0, fetchFn: reading });
  const [error] = await subscribed(client, { query: stream });
  return { ...error, body };
}

// Two operations on one socket, of which one is no request.
async function besideABadOne() {
  const client = socket({ headers: { ...headers, authorization: null } });
  const bad = { query: stream, extensions: { persistedQuery: { version: 2 } } };
  return Promise.all([subscribed(client, bad), subscribed(client, { query: stream })]);
}

console.log(
  JSON.stringify({
    'apollo': await observed(stream),
    'apollo, what is wrong': await observed('subscription { nothing }'),
    'apollo, @defer': await deferred(),
    'graphql-sse': await subscribed(createEvents({ url, headers }), { query: stream }),
    'graphql-sse, single connection': await singleConnection(),
    'graphql-ws': await subscribed(socket(headers), { query: stream }),
    'graphql-ws, null': await subscribed(socket(null), { query: '{ __typename }' }, (result) => result.data.__typename),
    'graphql-ws, a bad operation': await besideABadOne(),
    'graphql-ws, a bad header': await subscribed(socket({ 'x-searchway-timeout': 5 }), { query: stream }),
  }),
);
process.exit(0); // clients keep connections open
