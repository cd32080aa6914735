// Reads and changes things with an identity through Relay, its store as it comes, and prints what the store has, as JSON.
import { useEffect } from 'react';
import { useLazyLoadQuery, usePaginationFragment, useRefetchableFragment } from 'react-relay';
import {
  Environment,
  Network,
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  graphql,
} from 'relay-runtime';

import { render } from './render';

const url = `${process.argv[2]}/graphql`;
let calls = 0;

async function fetched({ text: query }, variables) {
  calls += 1;
  const body = JSON.stringify({ query, variables });
  return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
}

const environment = new Environment({ network: Network.create(fetched) });

const hitsQuery = graphql`
  query relayObjectsHitsQuery($body: JSON!) {
    fleet(cluster: "elasticsearch") {
      search(header: { index: ["logs-*"] }, body: $body, first: 6) {
        edges {
          node {
            index
            documentId
            source
          }
        }
      }
    }
  }
`;
const listQuery = graphql`
  query relayObjectsListQuery {
    ism(cluster: "opensearch") {
      ...relayObjectsPolicies @relay(mask: false)
    }
  }
`;
const bothQuery = graphql`
  query relayObjectsBothQuery {
    first: ism(cluster: "opensearch") {
      ...relayObjectsPolicies @relay(mask: false)
    }
    second: ism(cluster: "opendistro") {
      ...relayObjectsPolicies @relay(mask: false)
    }
  }
`;
const oneQuery = graphql`
  query relayObjectsOneQuery($policyId: String!) {
    ism(cluster: "opensearch") {
      policy(policyId: $policyId) {
        policy {
          ...relayObjectsPolicy
        }
      }
    }
  }
`;
const rulesQuery = graphql`
  query relayObjectsRulesQuery {
    rules(cluster: "opensearch") {
      ...relayObjectsRules
    }
  }
`;
const updateMutation = graphql`
  mutation relayObjectsUpdateMutation($input: IsmUpdatePolicyInput!) {
    ismUpdatePolicy(cluster: "opensearch", input: $input) {
      policy {
        seqNo
        primaryTerm
        definition {
          description
        }
      }
    }
  }
`;
graphql`
  fragment relayObjectsPolicies on IsmQueries {
    policies {
      edges {
        node {
          policyId
          seqNo
          primaryTerm
          definition {
            description
          }
        }
      }
    }
  }
`;
const policyFragment = graphql`
  fragment relayObjectsPolicy on Policy @refetchable(queryName: "relayObjectsPolicyAgainQuery") {
    policyId
    seqNo
    primaryTerm
    definition {
      description
    }
  }
`;
const rulesFragment = graphql`
  fragment relayObjectsRules on RulesQueries
  @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" })
  @refetchable(queryName: "relayObjectsRulesPageQuery") {
    rules(featureType: "workload_group", first: $count, after: $cursor) @connection(key: "relayObjects_rules") {
      edges {
        node {
          description
        }
      }
    }
  }
`;

// Fetches and keeps what came, as a component that is shown does.
function ask(query, variables = {}) {
  environment.retain(createOperationDescriptor(getRequest(query), variables));
  return fetchQuery(environment, query, variables, { fetchPolicy: 'network-only' }).toPromise();
}

const stored = (query, variables = {}) =>
  environment.lookup(createOperationDescriptor(getRequest(query), variables).fragment).data;
const policiesOf = (ism) => ism.policies.edges.map(({ node }) => node);
const descriptions = (ism) => Object.fromEntries(policiesOf(ism).map((it) => [it.policyId, it.definition.description]));

function changed({ policyId, seqNo, primaryTerm }, description) {
  const policy = { description, defaultState: 'hot', states: [{ name: 'hot' }] };
  return { input: { policyId, ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm, policy } };
}

async function hits() {
  const variables = { body: { query: { term: { service: 'search' } }, sort: ['@timestamp', '_index', '_id'] } };
  await ask(hitsQuery, variables);
  const { fleet } = stored(hitsQuery, variables);
  return fleet.search.edges.map(({ node }) => [node.index, node.documentId, node.source['@timestamp']]);
}

async function changedList() {
  const { ism } = await ask(listQuery);
  const asked = calls;
  const variables = changed(policiesOf(ism)[0], 'Changed by a mutation of relay');
  await new Promise((onCompleted, onError) =>
    commitMutation(environment, { mutation: updateMutation, variables, onCompleted, onError }),
  );
  return { before: descriptions(ism), after: descriptions(stored(listQuery).ism), requests: calls - asked };
}

async function clusters() {
  await ask(bothQuery);
  const { first, second } = stored(bothQuery);
  return [descriptions(first), descriptions(second)];
}

// The list, after one of its policies was read by itself.
async function joined() {
  await ask(listQuery);
  await ask(oneQuery, { policyId: 'log-retention' });
  return descriptions(stored(listQuery).ism);
}

// A component asks for its policy again, by `node(id:)`, after it was changed behind Relay's back.
async function fetchedAgain() {
  const { ism } = await ask(listQuery);
  const [{ policyId }] = policiesOf(ism);
  await render(environment, function Policy({ shown, finish }) {
    const { policy } = useLazyLoadQuery(oneQuery, { policyId }).ism.policy;
    const [data, refetch] = useRefetchableFragment(policyFragment, policy);
    const description = 'Changed behind the back of relay';
    useEffect(() => {
      if (shown() === description) finish();
      else fetched(updateMutation.params, changed(data, description)).then(() => refetch({}, { fetchPolicy: 'network-only' }));
    }, [data.definition.description]);
    return data.definition.description;
  });
  return { before: descriptions(ism), after: descriptions(stored(listQuery).ism) };
}

// What a component shows after each page of a list in a family, which is fetched by `node(id:)`.
function paged() {
  const pages = [];
  return render(environment, function Rules({ shown, finish }) {
    const { rules: family } = useLazyLoadQuery(rulesQuery, {});
    const { data, hasNext, loadNext } = usePaginationFragment(rulesFragment, family);
    const rules = data.rules.edges.map(({ node }) => node.description);
    useEffect(() => {
      pages.push(shown().split('\n'));
      if (hasNext) loadNext(50);
      else finish(pages);
    }, [rules.length]);
    return rules.join('\n');
  });
}

async function main() {
  console.log(
    JSON.stringify({
      'hits': await hits(),
      'a mutation': await changedList(),
      'two clusters': await clusters(),
      'one family': await joined(),
      'fetched again': await fetchedAgain(),
      'pages': await paged(),
    }),
  );
  process.exit(0); // clients keep connections open
}

main();
