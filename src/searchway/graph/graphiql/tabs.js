// The tabs: which there are at first, and how they outlive a reload. What is stored has no header that may be a secret.
import { gateway } from './gateway.js';
import { openHeaders } from './headers.js';

const PREFIX = 'graphiql:';
const TABS = `${PREFIX}tabState`;
// GraphiQL keeps the last contents of the editors beside the tabs, and takes them for a tab of its own.
const DOUBLED = new Set(['query', 'variables', 'headers'].map((name) => PREFIX + name));

const HINTS = `# Ctrl-Enter runs this. Ctrl-Space completes it by the schema.
# More examples are in the menu on the left.
`;

// Without storage, as in a private window that forbids it, the page works and forgets.
function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const stored = browserStorage();

function withoutSecrets(text) {
  try {
    return JSON.stringify(JSON.parse(text), (key, value) =>
      key === 'headers' && typeof value === 'string' ? openHeaders(value) : value,
    );
  } catch {
    return text; // no JSON, and so nothing of an editor
  }
}

function newTab({ query, variables = '', headers = '' }) {
  const operationName = /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? null;
  const title = operationName ?? '<untitled>';
  return { id: crypto.getRandomValues(new Uint32Array(4)).join('-'), title, query, variables, headers, operationName, response: null };
}

function storedTabs() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(stored.getItem(TABS));
    const whole = tabs.filter((tab) => typeof tab?.id === 'string' && typeof tab.title === 'string');
    return whole.length ? { tabs: whole, activeTabIndex: Math.min(Math.max(activeTabIndex, 0), whole.length - 1) } : null;
  } catch {
    return null;
  }
}

const isSame = (one, other) =>
  ['query', 'variables', 'headers'].every((part) => (one[part] ?? '').trim() === (other[part] ?? '').trim());

// Returns the tabs to begin with: those of the last visit, and that of a link, which is opened in one of its own unless it is there.
export function firstTabs(link) {
  const before = storedTabs();
  if (!link) {
    if (before) return before;
    const [example] = gateway.examples;
    return { tabs: [newTab({ query: example ? HINTS + example.query : HINTS })], activeTabIndex: 0 };
  }
  const tabs = before?.tabs ?? [];
  const known = tabs.findIndex((tab) => isSame(tab, link));
  if (known >= 0) return { tabs, activeTabIndex: known };
  return { tabs: [...tabs, newTab(link)], activeTabIndex: tabs.length };
}

// Returns storage for GraphiQL that begins with these tabs.
export function storageOf(first) {
  let tabs = JSON.stringify(first);
  return {
    getItem(key) {
      if (key === TABS) return tabs;
      return DOUBLED.has(key) ? null : (stored?.getItem(key) ?? null);
    },
    setItem(key, value) {
      if (DOUBLED.has(key)) return;
      const kept = withoutSecrets(value);
      if (key === TABS) tabs = kept;
      stored?.setItem(key, kept);
    },
    removeItem(key) {
      stored?.removeItem(key);
    },
    clear() {
      for (const key of Object.keys(stored ?? {})) if (key.startsWith(PREFIX)) stored.removeItem(key);
    },
    get length() {
      return Object.keys(stored ?? {}).filter((key) => key.startsWith(PREFIX)).length;
    },
  };
}

// Stores the tabs at once: GraphiQL waits up to a second, in which the page may be left.
export function storeTabs(tabs, activeTabIndex) {
  const plain = tabs.map((tab) => ({ ...tab, hash: null, response: null }));
  stored?.setItem(TABS, withoutSecrets(JSON.stringify({ tabs: plain, activeTabIndex })));
}
