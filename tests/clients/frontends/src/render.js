// Renders React components into a document without a browser.
import { Window } from 'happy-dom';
import { Suspense, createElement } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';

const window = new Window();
const globals = { window, document: window.document, navigator: window.navigator };
Object.entries(globals).forEach(([name, value]) => Object.defineProperty(globalThis, name, { value }));

const PATIENCE = 20_000; // milliseconds

// Renders a component until it calls its property `finish`, and returns what it gave to it. Its property `shown` tells what stands there.
export async function render(environment, component) {
  const { createRoot } = await import('react-dom/client'); // looks for a document when it is loaded
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  const shown = () => container.textContent;
  let late;
  const result = await new Promise((finish, fail) => {
    late = setTimeout(() => fail(new Error(`the component still shows ${shown().slice(0, 100)}`)), PATIENCE);
    const content = createElement(Suspense, { fallback: 'loading' }, createElement(component, { shown, finish }));
    root.render(createElement(RelayEnvironmentProvider, { environment }, content));
  });
  clearTimeout(late);
  root.unmount();
  return result;
}
