// The pane with the requests that the last operation of the active tab took, and with the same call for a shell.
import { useGraphiQL, pick } from '@graphiql/react';
import { curl, grpcurl } from './commands.js';
import { useExplanation } from './explanations.js';
import { CopyButton } from './tools.jsx';

function Command({ title, text }) {
  return (
    <details className="command">
      <summary>
        {title}
        <CopyButton label={`Copy as ${title}`} text={() => text} />
      </summary>
      <pre>{text}</pre>
    </details>
  );
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body; // several lines of JSON, or none
  }
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

function statusKind(status) {
  if (!status) return 'none';
  return status < 300 ? 'good' : 'bad';
}

function Request({ request }) {
  const { method, path, status, milliseconds, bodyBytes, body } = request;
  return (
    <li className="request">
      <p>
        <span className="method">{method}</span> <code className="path">{path ?? 'shared with other callers'}</code>
      </p>
      <p className="quiet">
        <span className={`status ${statusKind(status)}`}>{status ?? 'no answer'}</span>
        {milliseconds !== null && <span>{milliseconds} ms</span>}
        {bodyBytes > 0 && body === undefined && <span>body of {size(bodyBytes)}, not shown</span>}
      </p>
      {body !== undefined && (
        <details>
          <summary>Body, {size(bodyBytes)}</summary>
          <pre>{pretty(body)}</pre>
        </details>
      )}
    </li>
  );
}

function Call({ explanation, call }) {
  const command = grpcurl(explanation, call);
  return (
    <section aria-label={call.operation}>
      <h3>
        {call.operation}
        {call.cluster && <span className="quiet"> on {call.cluster}</span>}
      </h3>
      {call.requests?.length === 0 && <p className="quiet">No request of its own.</p>}
      {call.requests?.length > 0 && (
        <ol>
          {call.requests.map((request, number) => (
            <Request key={number} request={request} />
          ))}
        </ol>
      )}
      {command && <Command title="grpcurl" text={command} />}
    </section>
  );
}

function count(explanation) {
  const { upstreamCalls } = explanation;
  if (upstreamCalls === null) return 'No request is known yet.';
  return upstreamCalls === 1 ? '1 request to clusters' : `${upstreamCalls} requests to clusters`;
}

function Requests() {
  const { tabs, activeTabIndex } = useGraphiQL(pick('tabs', 'activeTabIndex'));
  const explanation = useExplanation(tabs[activeTabIndex]?.id);
  if (!explanation) {
    return (
      <section className="pane" aria-label="Requests">
        <h2>Requests</h2>
        <p className="quiet">Run an operation to see which requests to clusters it takes, and how a shell sends it.</p>
      </section>
    );
  }
  const hidden = explanation.calls.length > 0 && explanation.calls.every((call) => !call.requests);
  return (
    <section className="pane" aria-label="Requests">
      <h2>Requests</h2>
      <p className="quiet">{count(explanation)}</p>
      {hidden && <p className="quiet">This gateway does not show them to everybody (explain_requests, explain_keys).</p>}
      {explanation.calls.map((call, number) => (
        <Call key={number} explanation={explanation} call={call} />
      ))}
      <section aria-label="GraphQL">
        <h3>The whole operation</h3>
        <Command title="curl" text={curl(explanation)} />
      </section>
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
      <path d="M1.5 5.5h12l-3-3M14.5 10.5h-12l3 3" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export const REQUESTS_PLUGIN = { title: 'Requests', icon: Icon, content: Requests };
