// Asks the gateway named on the command line twice with each client, and prints what came and what was sent for it, as JSON.
import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

const url = process.argv[2];

// fetch, and the list of what it was called with: the method, and whether hash and text went along.
function recording() {
  const sent = [];
  const record = (address, options) => {
    const parameters = options.method === 'GET' ? Object.fromEntries(new URL(address).searchParams) : JSON.parse(options.body);
    const names = ['extensions', 'query'].filter((name) => parameters[name]);
    sent.push([options.method, ...names].join(' '));
    return fetch(address, options);
  };
  return { sent, record };
}

async function apollo(useGETForHashedQueries, text) {
  const { sent, record } = recording();
  const sha256 = (query) => createHash('sha256').update(query).digest('hex');
  const link = new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(new HttpLink({ uri: url, fetch: record }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const query = gql(text);
  const got = [];
  for (let time = 0; time < 2; time += 1) {
    got.push((await client.query({ query, fetchPolicy: 'network-only' })).data);
  }
  return { got, sent };
}

async function urql(preferGetForPersistedQueries, text) {
  const { sent, record } = recording();
  const exchanges = [persistedExchange({ preferGetForPersistedQueries }), fetchExchange];
  const client = new Client({ url, exchanges, fetch: record, preferGetMethod: false });
  const got = [];
  for (let time = 0; time < 2; time += 1) {
    const { data, error } = await client.query(text, {}).toPromise();
    got.push(error ? error.message : data);
  }
  return { got, sent };
}

// Each has a document of its own, which the gateway cannot know from another one.
console.log(
  JSON.stringify({
    'apollo POST': await apollo(false, 'query ApolloPost { cat { allocation { totalCount } } }'),
    'apollo GET': await apollo(true, 'query ApolloGet { cat { allocation { totalCount } } }'),
    'urql POST': await urql(false, 'query UrqlPost { cat { allocation { totalCount } } }'),
    'urql GET': await urql('force', 'query UrqlGet { cat { allocation { totalCount } } }'),
  }),
);
