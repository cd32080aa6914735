// What the programs of Apollo Client and urql ask about things with an identity, each field of them in every document.
const policy = 'fragment Parts on Policy { id policyId seqNo primaryTerm definition { description } }';
const policies = 'id policies { edges { node { ...Parts } } }';

export const hits = `query ($body: JSON!) {
  fleet(cluster: "elasticsearch") { id search(header: { index: ["logs-*"] }, body: $body, first: 6) { edges { node { id index documentId source } } } }
}`;
export const list = `query { ism(cluster: "opensearch") { ${policies} } } ${policy}`;
export const one = `query ($policyId: String!) { ism(cluster: "opensearch") { id policy(policyId: $policyId) { policy { ...Parts } } } } ${policy}`;
export const both = `query { first: ism(cluster: "opensearch") { ${policies} } second: ism(cluster: "opendistro") { ${policies} } } ${policy}`;
export const again = `query ($id: ID!) { node(id: $id) { id ...Parts } } ${policy}`;
export const update = `mutation ($input: IsmUpdatePolicyInput!) {
  ismUpdatePolicy(cluster: "opensearch", input: $input) { policy { ...Parts } }
} ${policy}`;

export const search = { query: { term: { service: 'search' } }, sort: ['@timestamp', '_index', '_id'] };

// A new description for a policy, as the input of a mutation.
export function changed({ policyId, seqNo, primaryTerm }, description) {
  const policy = { description, defaultState: 'hot', states: [{ name: 'hot' }] };
  return { policyId, ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm, policy };
}

export const policiesOf = (ism) => ism.policies.edges.map(({ node }) => node);
export const descriptions = (ism) => Object.fromEntries(policiesOf(ism).map((it) => [it.policyId, it.definition.description]));
export const documents = (fleet) => fleet.search.edges.map(({ node }) => [node.index, node.documentId, node.source['@timestamp']]);

// fetch that counts its calls.
export function counting() {
  const count = (...request) => {
    count.calls += 1;
    return fetch(...request);
  };
  count.calls = 0;
  return count;
}

// Changes a policy behind the cache's back.
export async function changeElsewhere(url, policy, description) {
  const body = JSON.stringify({ query: update, variables: { input: changed(policy, description) } });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
}
