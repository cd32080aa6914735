// The page's one script: GraphiQL over the GraphQL endpoint that served the page.
//
// Nothing here names an address: the endpoint is the page's own path, the workers lie beside this file.
import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-sse';
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
const url = new URL(window.location.pathname, window.location.href).href;

// Subscriptions come as server-sent events: fetch sends them with the headers that a WebSocket of a browser cannot have.
const fetcher = (request, options) => {
  const wsClient = createClient({ url, headers: options?.headers, retryAttempts: 0 });
  return createGraphiQLFetcher({ url, wsClient })(request, options);
};

// Request headers may hold credentials: they are never written to the browser's storage.
createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={root.dataset.example || undefined}
    defaultHeaders={root.dataset.headers || undefined}
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
