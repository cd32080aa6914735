// What the page was told of its gateway, and where that is: the endpoint is the page's own path.
export const root = document.getElementById('graphiql');
export const gateway = JSON.parse(root.dataset.gateway);
export const url = new URL(window.location.pathname, window.location.href).href;

export const NARROW = '(max-width: 720px)';
