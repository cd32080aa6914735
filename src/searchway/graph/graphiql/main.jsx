// The page's one script: GraphiQL over the GraphQL endpoint that served the page.
//
// Nothing here names an address: the endpoint is the page's own path, the workers lie beside this file.
import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './page.css';

const WORKERS = { json: 'json', graphql: 'graphql' };

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(`./${WORKERS[label] ?? 'editor'}.worker.js`, import.meta.url), { type: 'module' }),
};

const root = document.getElementById('graphiql');
const shared = new URLSearchParams(window.location.search);
const fetcher = createGraphiQLFetcher({ url: window.location.pathname });

// Request headers may hold credentials: they are never written to the browser's storage.
createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={root.dataset.example || undefined}
    initialQuery={shared.get('query') ?? undefined}
    initialVariables={shared.get('variables') ?? undefined}
    visiblePlugin={DOC_EXPLORER_PLUGIN}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
  >
    <GraphiQL.Logo>Searchway</GraphiQL.Logo>
  </GraphiQL>,
);
