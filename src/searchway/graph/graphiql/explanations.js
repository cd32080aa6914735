// Asks the gateway with every operation what it took, keeps that by tab, and takes it out of the answer again.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-sse';
import { useSyncExternalStore } from 'react';
import { gateway, url } from './gateway.js';
import { headerOf } from './headers.js';

const EXPLAIN = gateway.headers.explain;
const MOST_SHOWN = 500;

const byTab = new Map();
const listeners = new Set();
let activeTab = '';

export function watchTab(id) {
  activeTab = id;
}

function keep(tab, explanation) {
  byTab.set(tab, explanation);
  for (const listener of listeners) listener();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Returns what the last operation of a tab was and took.
export function useExplanation(tab) {
  return useSyncExternalStore(subscribe, () => byTab.get(tab));
}

// Each response of a stream tells what is new since the one before.
function grown(calls, more) {
  const all = calls.map((call) => ({ ...call }));
  for (const call of more) {
    const known = call.input === undefined && all.find((one) => one.rpc === call.rpc && one.requests && call.requests);
    if (known) known.requests = [...known.requests, ...call.requests].slice(-MOST_SHOWN);
    else all.push(call);
  }
  return all;
}

function taken(tab, run, response) {
  const told = response?.extensions?.searchway;
  if (!told) return response;
  const before = byTab.get(tab);
  if (before?.run === run) {
    const calls = grown(before.calls, told.calls ?? []);
    keep(tab, { ...before, upstreamCalls: told.upstreamCalls, calls });
  }
  const { extensions, ...rest } = response;
  const { searchway, ...others } = extensions;
  return Object.keys(others).length ? { ...rest, extensions: others } : rest;
}

// Hands an iterator on as it is: a generator of its own could not be stopped while it waits.
function mapped(source, change) {
  const iterator = source[Symbol.asyncIterator]();
  const handOn = async (step) => {
    const { done, value } = await step;
    return done ? { done, value } : { done, value: change(value) };
  };
  return {
    next: () => handOn(iterator.next()),
    return: (value) => iterator.return?.(value) ?? Promise.resolve({ done: true, value }),
    throw: (error) => iterator.throw?.(error) ?? Promise.reject(error),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

// Subscriptions come as server-sent events: fetch sends them with the headers that a WebSocket of a browser cannot have.
function fetcherWith(headers) {
  return createGraphiQLFetcher({ url, wsClient: createClient({ url, headers, retryAttempts: 0 }) });
}

export async function fetcher(request, options) {
  const given = options?.headers ?? {};
  if (request.operationName === 'IntrospectionQuery') return fetcherWith(given)(request, options);
  const tab = activeTab;
  const run = {};
  const isOwn = headerOf(JSON.stringify(given), EXPLAIN); // then the answer shows what was asked for
  const headers = isOwn ? given : { ...given, [EXPLAIN]: 'body' };
  const kinds = (options?.documentAST?.definitions ?? []).filter(
    (one) => one.operation && (!request.operationName || one.name?.value === request.operationName),
  );
  const streams = kinds[0]?.operation === 'subscription';
  keep(tab, { run, request, headers: given, streams, upstreamCalls: null, calls: [] });
  const result = await fetcherWith(headers)(request, { ...options, headers });
  const change = (response) => (isOwn ? (taken(tab, run, response), response) : taken(tab, run, response));
  return typeof result?.[Symbol.asyncIterator] === 'function' ? mapped(result, change) : change(result);
}
