// The page's one script: GraphiQL over the GraphQL endpoint that served the page.
//
// Nothing here names an address: the endpoint is the page's own path, the workers lie beside this file.
import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { ClusterPicker } from './clusters.jsx';
import { EXAMPLES_PLUGIN } from './examples.jsx';
import { fetcher } from './explanations.js';
import { NARROW, root } from './gateway.js';
import { forgetLink, readLink } from './links.js';
import { REQUESTS_PLUGIN } from './requests.jsx';
import { firstTabs, storageOf } from './tabs.js';
import { LinkButton, TabKeeper } from './tools.jsx';
import 'graphiql/style.css';
import './page.css';

const WORKERS = { json: 'json', graphql: 'graphql' };

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(`./${WORKERS[label] ?? 'editor'}.worker.js`, import.meta.url), { type: 'module' }),
};

const link = readLink(window.location);
const first = firstTabs(link);
const { query, variables, headers } = first.tabs[first.activeTabIndex];
if (link) forgetLink();
// A link that is opened in the same window changes the fragment alone.
window.addEventListener('hashchange', () => readLink(window.location) && window.location.reload());

const PLUGINS = [EXAMPLES_PLUGIN, REQUESTS_PLUGIN, HISTORY_PLUGIN];
const isNarrow = window.matchMedia(NARROW).matches; // there a pane lies over the editors

// What GraphiQL stores goes through `storageOf`, which leaves out what may be a secret.
createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storageOf(first)}
    initialQuery={query ?? ''}
    initialVariables={variables ?? ''}
    initialHeaders={headers ?? ''}
    plugins={PLUGINS}
    visiblePlugin={isNarrow ? undefined : DOC_EXPLORER_PLUGIN}
    defaultEditorToolsVisibility={variables ? 'variables' : 'headers'}
    shouldPersistHeaders
    showPersistHeadersSettings={false}
  >
    <GraphiQL.Logo>
      <ClusterPicker />
      <span className="product">Searchway</span>
    </GraphiQL.Logo>
    <GraphiQL.Toolbar>
      {({ prettify, copy, merge }) => (
        <>
          {prettify}
          {merge}
          {copy}
          <LinkButton />
          <TabKeeper />
        </>
      )}
    </GraphiQL.Toolbar>
  </GraphiQL>,
);
