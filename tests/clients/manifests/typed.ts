// What GraphQL Codegen's types say of answers, with its scalars as the README sets them; checked, not run.
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { CatListAllocationDocument, FleetSearchDocument } from './src/gen/graphql';

const client = new ApolloClient({ link: new HttpLink(), cache: new InMemoryCache() });

export async function diskUsed(): Promise<bigint[]> {
  const { data } = await client.query({ query: CatListAllocationDocument });
  const nodes = (data?.cat.allocation?.edges ?? []).map(({ node }) => node);
  // @ts-expect-error it may be a string, so that nothing is rounded
  nodes.forEach(({ diskUsed }) => diskUsed?.toFixed());
  return nodes.map((node) => BigInt(node.diskUsed ?? 0));
}

export async function sources(body: unknown): Promise<unknown[]> {
  const { data } = await client.query({ query: FleetSearchDocument, variables: { body } });
  const hits = data?.fleet.search?.edges ?? [];
  // @ts-expect-error a document may be anything
  hits.forEach(({ node }) => node.source.message);
  return hits.map(({ node }) => node.source);
}
