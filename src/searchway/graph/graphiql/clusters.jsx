// The picker of the cluster. It is the header of the active tab that is picked, so that links and tabs keep it.
import { useGraphiQL, pick } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { gateway } from './gateway.js';
import { headerOf, parseHeaders, withHeader } from './headers.js';

const CLUSTER = gateway.headers.cluster;

// Returns the text of the headers editor, as it is now.
function useHeadersText() {
  const { headerEditor } = useGraphiQL(pick('headerEditor'));
  const [text, setText] = useState('');
  useEffect(() => {
    if (!headerEditor) return undefined;
    setText(headerEditor.getValue());
    const change = headerEditor.onDidChangeModelContent(() => setText(headerEditor.getValue()));
    return () => change.dispose();
  }, [headerEditor]);
  return { headerEditor, text };
}

export function ClusterPicker() {
  const { headerEditor, text } = useHeadersText();
  const chosen = headerOf(text, CLUSTER);
  const readable = parseHeaders(text) !== null;
  const choose = (event) => headerEditor.setValue(withHeader(headerEditor.getValue(), CLUSTER, event.target.value.trim()));
  const shared = {
    id: 'cluster',
    value: chosen,
    disabled: !headerEditor || !readable,
    onChange: choose,
    title: readable ? `The header ${CLUSTER}` : 'The headers are no JSON object',
  };
  return (
    <span className="cluster">
      <label htmlFor="cluster">Cluster</label>
      {gateway.clusters ? (
        <select {...shared}>
          <Choices chosen={chosen} />
        </select>
      ) : (
        <input {...shared} type="text" placeholder="default" autoComplete="off" spellCheck={false} size={12} />
      )}
    </span>
  );
}

function Choices({ chosen }) {
  const names = gateway.clusters.map(({ name }) => name);
  return (
    <>
      <option value="">{names[0]} (default)</option>
      {names.slice(1).map((name) => (
        <option key={name}>{name}</option>
      ))}
      {chosen && !names.slice(1).includes(chosen) && <option>{chosen}</option>}
    </>
  );
}

// Returns the text of headers that name a cluster which has an example's operation: the one that they name, if it does.
export function headersFor(example, text) {
  const known = gateway.clusters;
  if (!known || !example.engines.length || parseHeaders(text) === null) return text;
  const has = ({ engine }) => engine === null || example.engines.includes(engine);
  const current = headerOf(text, CLUSTER) || known[0].name;
  const fitting = known.find(({ name }) => name === current && has({ engine: known.find((one) => one.name === name).engine }));
  if (fitting) return text;
  const other = known.find((cluster) => cluster.engine !== null && has(cluster));
  if (!other) return text;
  return withHeader(text, CLUSTER, other.name === known[0].name ? '' : other.name);
}
