// Asks the gateway named on the command line for a document of Apollo's manifest with Apollo Client, and for the one of GraphQL Codegen's
// with urql; prints what came, and the members of what was sent, as JSON.
import { readFileSync } from 'node:fs';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

const url = process.argv[2];
const read = (file) => JSON.parse(readFileSync(file));
const sent = [];
const record = (address, options) => {
  const given = JSON.parse(options.body);
  sent.push(Object.keys(given).filter((name) => given[name] && name !== 'variables').sort());
  return fetch(address, options);
};

const ids = generatePersistedQueryIdsFromManifest({ loadManifest: async () => read('manifests/apollo.json') });
const link = new PersistedQueryLink(ids).concat(new HttpLink({ uri: url, fetch: record }));
const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
const query = gql(readFileSync('src/documents.graphql', 'utf8'));
const { data } = await apollo.query({ query, variables: { first: 1 } });

const [[hash, text]] = Object.entries(read('manifests/codegen.json'));
const named = persistedExchange({
  enforcePersistedQueries: true,
  preferGetForPersistedQueries: false,
  generateHash: async () => hash,
});
const urql = new Client({ url, exchanges: [named, fetchExchange], fetch: record, preferGetMethod: false });
const answer = await urql.query(text, { first: 1 }).toPromise();

console.log(JSON.stringify({ apollo: data, urql: answer.error ? answer.error.message : answer.data, sent }));
process.exit(0);
