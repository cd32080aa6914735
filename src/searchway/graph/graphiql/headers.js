// The text of the headers editor: JSON with comments. Only headers that the gateway knows to be no secrets leave the page.
import { applyEdits, modify } from 'jsonc-parser';
import { tryParseJSONC } from '@graphiql/react';
import { gateway } from './gateway.js';

const OPEN = new Set(gateway.headers.open);

// Returns the headers as an object, null if the text is none.
export function parseHeaders(text) {
  try {
    return tryParseJSONC(text ?? '') ?? {};
  } catch {
    return null;
  }
}

function isOpen(name, value) {
  return OPEN.has(name.toLowerCase()) && typeof value === 'string';
}

// Returns the text with nothing in it that may be secret: comments, unknown headers, and text that cannot be read are left out.
export function openHeaders(text) {
  const kept = Object.entries(parseHeaders(text) ?? {}).filter(([name, value]) => isOpen(name, value));
  return kept.length ? JSON.stringify(Object.fromEntries(kept), null, 2) : '';
}

// Returns the names of the headers that `openHeaders` leaves out.
export function secretNames(text) {
  return Object.entries(parseHeaders(text) ?? {})
    .filter(([name, value]) => !isOpen(name, value))
    .map(([name]) => name);
}

export function headerOf(text, name) {
  const found = Object.entries(parseHeaders(text) ?? {}).find(([given]) => given.toLowerCase() === name);
  return typeof found?.[1] === 'string' ? found[1] : '';
}

// Returns the text with a header set, or without it if the value is empty; comments and other headers stay as they are.
export function withHeader(text, name, value) {
  const given = parseHeaders(text) ?? {};
  const present = Object.keys(given).find((key) => key.toLowerCase() === name) ?? name;
  const base = text.trim() ? text : '{}';
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  const changed = applyEdits(base, modify(base, [present], value || undefined, { formattingOptions }));
  return changed.replace(/\s/g, '') === '{}' ? '' : changed;
}
