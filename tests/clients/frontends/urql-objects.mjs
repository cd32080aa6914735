// Reads and changes things with an identity through urql, its normalised cache as it comes, and prints what the cache has, as JSON.
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import * as objects from './objects.mjs';

const url = `${process.argv[2]}/graphql`;
const counted = objects.counting();
const client = new Client({ url, exchanges: [cacheExchange(), fetchExchange], fetch: counted, preferGetMethod: false });

async function ask(query, variables = {}, requestPolicy = 'network-only') {
  const { data, error } = await client.query(query, variables, { requestPolicy }).toPromise();
  if (error) throw error;
  return data;
}

const cached = (query, variables) => ask(query, variables, 'cache-only');

async function hits() {
  const variables = { body: objects.search };
  await ask(objects.hits, variables);
  return objects.documents((await cached(objects.hits, variables)).fleet);
}

async function changedList() {
  const { ism } = await ask(objects.list);
  const asked = counted.calls;
  const input = objects.changed(objects.policiesOf(ism)[0], 'Changed by a mutation of urql');
  const { error } = await client.mutation(objects.update, { input }).toPromise();
  if (error) throw error;
  const after = objects.descriptions((await cached(objects.list)).ism);
  return { before: objects.descriptions(ism), after, requests: counted.calls - asked };
}

async function clusters() {
  await ask(objects.both);
  const { first, second } = await cached(objects.both);
  return [objects.descriptions(first), objects.descriptions(second)];
}

// The list, after one of its policies was read by itself.
async function joined() {
  await ask(objects.list);
  await ask(objects.one, { policyId: 'log-retention' });
  return objects.descriptions((await cached(objects.list)).ism);
}

async function fetchedAgain() {
  const { ism } = await ask(objects.list);
  const [policy] = objects.policiesOf(ism);
  await objects.changeElsewhere(url, policy, 'Changed behind the back of urql');
  await ask(objects.again, { id: policy.id });
  return { before: objects.descriptions(ism), after: objects.descriptions((await cached(objects.list)).ism) };
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
