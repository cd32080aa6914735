// Links to an operation. They are made with a fragment, which browsers send to nobody; a query string is read as well.
import { openHeaders } from './headers.js';

const PARTS = ['query', 'variables', 'headers'];

// Returns what the page's address asks for, null if it asks for nothing.
export function readLink(address) {
  const found = [new URLSearchParams(address.search), new URLSearchParams(address.hash.slice(1))].find((parameters) =>
    parameters.has('query'),
  );
  if (!found) return null;
  const { query, variables, headers } = Object.fromEntries(PARTS.map((part) => [part, found.get(part) ?? '']));
  return { query, variables, headers: openHeaders(headers) };
}

export function makeLink({ query, variables, headers }) {
  const given = { query, variables, headers: openHeaders(headers) };
  const parameters = new URLSearchParams(PARTS.filter((part) => given[part]?.trim()).map((part) => [part, given[part]]));
  return `${window.location.origin}${window.location.pathname}#${parameters}`;
}

// A link is opened once: a reload shows the tabs as they were left.
export function forgetLink() {
  window.history.replaceState(null, '', window.location.pathname);
}
