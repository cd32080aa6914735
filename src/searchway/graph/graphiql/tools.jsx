// Buttons that copy something, and what keeps the tabs when the page is left.
import { ToolbarButton, useGraphiQL, pick } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { watchTab } from './explanations.js';
import { secretNames } from './headers.js';
import { makeLink } from './links.js';
import { storeTabs } from './tabs.js';

const SHOWN_MS = 4000;

// Pages without TLS have no clipboard, unless they are of this machine.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  return undefined;
}

function useSaid() {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(() => setSaid(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said, setSaid];
}

export function CopyButton({ label, text }) {
  const [said, setSaid] = useSaid();
  const press = async (event) => {
    event.preventDefault(); // it may stand in a summary
    try {
      await copy(text());
      setSaid('Copied');
    } catch {
      setSaid('Not copied: the browser does not allow it');
    }
  };
  return (
    <button type="button" className="copy" aria-label={label} onClick={press}>
      {said || 'Copy'}
    </button>
  );
}

export function LinkButton() {
  const { queryEditor, variableEditor, headerEditor } = useGraphiQL(pick('queryEditor', 'variableEditor', 'headerEditor'));
  const [said, setSaid] = useSaid();
  const press = async () => {
    const headers = headerEditor?.getValue() ?? '';
    const link = makeLink({ query: queryEditor.getValue(), variables: variableEditor?.getValue() ?? '', headers });
    const left = secretNames(headers);
    try {
      await copy(link);
      setSaid(left.length ? `Link copied, without the headers ${left.join(', ')}` : 'Link copied');
    } catch {
      setSaid('Not copied: the browser does not allow it');
    }
  };
  return (
    <>
      <ToolbarButton onClick={press} label="Copy a link to this operation">
        <svg className="graphiql-toolbar-icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
          <path
            d="M6.5 9.5l3-3M7 4.5l1.7-1.7a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.7 1.7a3.2 3.2 0 0 1-4.5-4.5L4.5 7"
            strokeLinecap="round"
          />
        </svg>
      </ToolbarButton>
      <p className={said ? 'said' : 'said silent'} role="status">
        {said}
      </p>
    </>
  );
}

// Returns the tabs as the editors have them: GraphiQL hears of changes after a moment.
function present({ tabs, activeTabIndex, queryEditor, variableEditor, headerEditor }) {
  if (!queryEditor || !variableEditor || !headerEditor) return tabs;
  const own = { query: queryEditor.getValue(), variables: variableEditor.getValue(), headers: headerEditor.getValue() };
  return tabs.map((tab, index) => (index === activeTabIndex ? { ...tab, ...own } : tab));
}

export function TabKeeper() {
  const state = useGraphiQL(pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor', 'headerEditor'));
  watchTab(state.tabs[state.activeTabIndex]?.id);
  useEffect(() => {
    const store = () => storeTabs(present(state), state.activeTabIndex);
    window.addEventListener('pagehide', store);
    return () => window.removeEventListener('pagehide', store);
  }, [state]);
  return null;
}
