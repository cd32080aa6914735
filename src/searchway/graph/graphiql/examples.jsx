// The menu of the examples, family by family.
import { useGraphiQL, useGraphiQLActions, pick } from '@graphiql/react';
import { parse } from 'graphql';
import { useState } from 'react';
import { gateway, NARROW } from './gateway.js';
import { headersFor } from './clusters.jsx';

function families() {
  const found = new Map();
  for (const example of gateway.examples) found.set(example.family, [...(found.get(example.family) ?? []), example]);
  return [...found];
}

function fits(example, words) {
  const text = [example.family, example.kind, example.title, example.query].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function operationFacts(query) {
  const documentAST = parse(query);
  const operations = documentAST.definitions.filter((one) => one.kind === 'OperationDefinition');
  return { documentAST, operations, operationName: operations[0]?.name?.value };
}

// Returns what opens an example: in the active tab if that is empty, else in a new one.
function useOpen() {
  const state = useGraphiQL(pick('queryEditor', 'variableEditor', 'headerEditor'));
  const { addTab, updateActiveTabValues, setOperationFacts, setVisiblePlugin } = useGraphiQLActions();
  return (example) => {
    const { queryEditor, variableEditor, headerEditor } = state;
    const headers = headersFor(example, headerEditor.getValue());
    if (queryEditor.getValue().trim()) addTab();
    const variables = Object.keys(example.variables).length ? JSON.stringify(example.variables, null, 2) : '';
    queryEditor.setValue(example.query);
    variableEditor.setValue(variables);
    headerEditor.setValue(headers);
    // GraphiQL looks at what it was given after a moment, in which the operation of the tab before would be run.
    const facts = operationFacts(example.query);
    setOperationFacts(facts);
    updateActiveTabValues({ query: example.query, variables, headers, operationName: facts.operationName });
    if (variables) document.querySelector('.graphiql-editor-tools [data-name="variables"]')?.click(); // GraphiQL has no other way
    if (window.matchMedia(NARROW).matches) setVisiblePlugin(null);
    queryEditor.focus();
  };
}

function Examples() {
  const [text, setText] = useState('');
  const open = useOpen();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = families()
    .map(([family, examples]) => [family, examples.filter((example) => fits(example, words))])
    .filter(([, examples]) => examples.length);
  return (
    <section className="pane" aria-label="Examples">
      <h2>Examples</h2>
      <input
        className="search"
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Find: policy, mutation, …"
        aria-label="Find examples"
      />
      {groups.map(([family, examples]) => (
        <section key={family} aria-label={family}>
          <h3>{family}</h3>
          <ul>
            {examples.map((example) => (
              <li key={example.name}>
                <button type="button" onClick={() => open(example)} data-example={example.name}>
                  <span className={`kind ${example.kind}`}>{example.kind}</span>
                  <span>{example.title}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {!groups.length && <p className="quiet">No example has these words.</p>}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
      <path d="M5.5 3h9M5.5 8h9M5.5 13h9M1.5 3h1M1.5 8h1M1.5 13h1" strokeLinecap="round" />
    </svg>
  );
}

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Examples };
