// A small client: a policy, what failed, a deadline, and a stream that is ended early.
// usage: node service.js HOST:PORT
import { Code, ConnectError, createClient, type Client, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import { ApiErrorSchema, type ApiError } from "./gen/searchway/api/errors/v1/errors_pb.js";
import { IsmService } from "./gen/searchway/api/ism/v1/ism_pb.js";
import { RulesService } from "./gen/searchway/api/rules/v1/rules_pb.js";

const headers = { "x-searchway-cluster": "opensearch" };
const PATIENCE = 20_000;

async function states(client: Client<typeof IsmService>, policyId: string, timeoutMs: number): Promise<string[]> {
  const { policy } = await client.getPolicy({ policyId }, { headers, timeoutMs });
  return (policy?.definition?.states ?? []).map((state) => state.name ?? "");
}

// What the gateway says of a failed call.
function failure(reason: unknown): ApiError | undefined {
  return ConnectError.from(reason).findDetails(ApiErrorSchema)[0];
}

// Receives some rules and cancels the stream.
async function firstRules(client: Client<typeof RulesService>, count: number): Promise<[number, Code]> {
  const stop = new AbortController();
  const options = { headers, timeoutMs: PATIENCE, signal: stop.signal };
  let received = 0;
  try {
    for await (const _ of client.streamRules({ featureType: "workload_group", pageSize: 2 }, options)) {
      if (++received === count) stop.abort();
    }
  } catch (reason) {
    return [received, ConnectError.from(reason).code];
  }
  throw new Error("the stream ended by itself");
}

// Holds calls back until their time is over.
const late: Interceptor = (next) => async (request) => {
  await new Promise((over) => request.signal.aborted ? over(null) : request.signal.addEventListener("abort", over));
  return next(request);
};

async function main(address: string): Promise<void> {
  const baseUrl = `http://${address}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  const transport = createGrpcTransport({ baseUrl, sessionManager });
  const policies = createClient(IsmService, transport);

  console.log("states:", ...(await states(policies, "log-retention", PATIENCE)));

  const gone = await states(policies, "gone", PATIENCE).catch(failure);
  console.log("error:", gone && "operation" in gone && `${gone.operation} ${gone.cause?.type}`);

  const slow = createClient(IsmService, createGrpcTransport({ baseUrl, sessionManager, interceptors: [late] }));
  const code = await states(slow, "log-retention", 10).catch((reason) => ConnectError.from(reason).code);
  console.log("deadline:", code === Code.DeadlineExceeded);

  const [received, ended] = await firstRules(createClient(RulesService, transport), 3);
  console.log("stream:", received, Code[ended]);

  sessionManager.abort();
}

await main(process.argv[2] ?? "127.0.0.1:50051");
