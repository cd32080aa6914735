// Reads and changes things with an identity through Apollo Client, its cache as it comes, and prints what the cache has, as JSON.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import * as objects from './objects.mjs';

const url = `${process.argv[2]}/graphql`;
const counted = objects.counting();
const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch: counted }), cache: new InMemoryCache() });
const ask = async (query, variables) => (await client.query({ query: gql(query), variables, fetchPolicy: 'network-only' })).data;
const cached = (query, variables) => client.readQuery({ query: gql(query), variables });

async function hits() {
  const variables = { body: objects.search };
  await ask(objects.hits, variables);
  return objects.documents(cached(objects.hits, variables).fleet);
}

async function changedList() {
  const { ism } = await ask(objects.list);
  const asked = counted.calls;
  const input = objects.changed(objects.policiesOf(ism)[0], 'Changed by a mutation of apollo');
  await client.mutate({ mutation: gql(objects.update), variables: { input } });
  const after = objects.descriptions(cached(objects.list).ism);
  return { before: objects.descriptions(ism), after, requests: counted.calls - asked };
}

async function clusters() {
  await ask(objects.both);
  const { first, second } = cached(objects.both);
  return [objects.descriptions(first), objects.descriptions(second)];
}

// The list, after one of its policies was read by itself.
async function joined() {
  await ask(objects.list);
  await ask(objects.one, { policyId: 'log-retention' });
  return objects.descriptions(cached(objects.list).ism);
}

async function fetchedAgain() {
  const { ism } = await ask(objects.list);
  const [policy] = objects.policiesOf(ism);
  await objects.changeElsewhere(url, policy, 'Changed behind the back of apollo');
  await ask(objects.again, { id: policy.id });
  return { before: objects.descriptions(ism), after: objects.descriptions(cached(objects.list).ism) };
}

console.log(
  JSON.stringify({
    'hits': await hits(),
    'a mutation': await changedList(),
    'two clusters': await clusters(),
    'one family': await joined(),
    'fetched again': await fetchedAgain(),
  }),
);
process.exit(0); // clients keep connections open
