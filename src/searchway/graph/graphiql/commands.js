// The same call for a shell. What may be a secret is not written out: a variable of the shell stands in its place.
import { gateway, url } from './gateway.js';

const OPEN = new Set(gateway.headers.open);
const OF_GRAPHQL = new Set(gateway.headers.graphql);

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function header(name, value) {
  if (OPEN.has(name.toLowerCase())) return `-H ${quoted(`${name}: ${value}`)}`;
  const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_').replace(/^(?=\d)/, '_');
  // Names that are no plain words are quoted apart, so that nothing in them is a command.
  return `-H ${quoted(`${name}: `)}"$${variable}"`;
}

function joined(parts) {
  return parts.join(' \\\n  ');
}

function headersFor(explanation, leftOut) {
  return Object.entries(explanation.headers)
    .filter(([name]) => !leftOut(name.toLowerCase()))
    .map(([name, value]) => header(name, String(value)));
}

// Returns the operation as a call of curl.
export function curl({ request, headers, streams }) {
  const { query, variables, operationName } = request;
  const body = { query, ...(variables && { variables }), ...(operationName && { operationName }) };
  const own = ['-H ' + quoted('content-type: application/json')];
  if (streams) own.push('-H ' + quoted('accept: text/event-stream'));
  const parts = [`curl -s${streams ? 'N' : ''} ${quoted(url)}`, ...own, ...headersFor({ headers }, () => false)];
  return joined([...parts, `--data-binary ${quoted(JSON.stringify(body))}`]);
}

// Returns a call as one of grpcurl, null where gRPC is off or the input was too large to be told.
export function grpcurl(explanation, call) {
  const { grpc } = gateway;
  if (!grpc || !call.input) return null;
  const flags = [];
  if (!grpc.tls) flags.push('-plaintext');
  if (!grpc.reflection) flags.push('-protoset descriptors.binpb');
  const time = Object.entries(explanation.headers).find(([name]) => name.toLowerCase() === gateway.headers.timeout)?.[1];
  if (Number(time) > 0) flags.push(`-max-time ${Number(time) / 1000}`);
  const cluster = call.cluster ? [header(gateway.headers.cluster, call.cluster)] : [];
  const address = `${window.location.hostname}:${grpc.port ?? 'PORT'}`;
  const parts = [['grpcurl', ...flags].join(' '), ...cluster, ...headersFor(explanation, (name) => OF_GRAPHQL.has(name))];
  return joined([...parts, `-d ${quoted(JSON.stringify(call.input))}`, `${quoted(address)} ${call.rpc}`]);
}
