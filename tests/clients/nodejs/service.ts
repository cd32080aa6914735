// A small client: a policy, what failed, a deadline, and a stream that is ended early.
// usage: node service.js HOST:PORT
import grpc from "@grpc/grpc-js";
import loader, { type MessageTypeDefinition } from "@grpc/proto-loader";

import type { ProtoGrpcType as Ism } from "./gen/ism.js";
import type { ProtoGrpcType as Rules } from "./gen/rules.js";
import type { Status__Output } from "./gen/google/rpc/Status.js";
import type { ApiError__Output } from "./gen/searchway/api/errors/v1/ApiError.js";
import type { GetPolicyResponse__Output } from "./gen/searchway/api/ism/v1/GetPolicyResponse.js";
import type { IsmServiceClient } from "./gen/searchway/api/ism/v1/IsmService.js";
import type { RulesServiceClient } from "./gen/searchway/api/rules/v1/RulesService.js";

const files = ["searchway/api/ism/v1/ism.proto", "searchway/api/rules/v1/rules.proto", "google/rpc/status.proto"];
const definition = loader.loadSync(files, { includeDirs: ["protos"], keepCase: true, longs: String, enums: String });
const { searchway } = grpc.loadPackageDefinition(definition) as unknown as Ism & Rules;

const PATIENCE = 20_000;

function metadata(): grpc.Metadata {
  const headers = new grpc.Metadata();
  headers.set("x-searchway-cluster", "opensearch");
  return headers;
}

function getPolicy(client: IsmServiceClient, policy_id: string, deadline: number): Promise<GetPolicyResponse__Output> {
  return new Promise((resolve, reject) =>
    client.GetPolicy({ policy_id }, metadata(), { deadline }, (error, answer) =>
      answer ? resolve(answer) : reject(error),
    ),
  );
}

function decoded<T>(name: string, packed: Buffer): T {
  return (definition[name] as MessageTypeDefinition<object, object>).deserialize(packed) as T;
}

// What the gateway says of a failed call.
function failure(error: grpc.ServiceError): ApiError__Output | undefined {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(packed)) return undefined;
  const { details } = decoded<Status__Output>("google.rpc.Status", packed);
  const one = (details as { type_url: string; value: Buffer }[]).find((any) => any.type_url.endsWith("v1.ApiError"));
  return one && decoded<ApiError__Output>("searchway.api.errors.v1.ApiError", one.value);
}

// Receives some rules and cancels the stream.
function firstRules(client: RulesServiceClient, count: number): Promise<[number, grpc.status]> {
  const options = { deadline: Date.now() + PATIENCE };
  const stream = client.StreamRules({ feature_type: "workload_group", page_size: 2 }, metadata(), options);
  return new Promise((resolve) => {
    let received = 0;
    stream.on("data", () => {
      if (received < count && ++received === count) stream.cancel();
    });
    stream.on("error", (error: grpc.ServiceError) => resolve([received, error.code]));
    stream.on("end", () => resolve([received, grpc.status.OK]));
  });
}

async function main(address: string): Promise<void> {
  const policies = new searchway.api.ism.v1.IsmService(address, grpc.credentials.createInsecure());
  const rules = new searchway.api.rules.v1.RulesService(address, grpc.credentials.createInsecure());

  const { policy } = await getPolicy(policies, "log-retention", Date.now() + PATIENCE);
  console.log("states:", ...(policy?.definition?.states ?? []).map((state) => state.name));

  const gone = await getPolicy(policies, "gone", Date.now() + PATIENCE).catch(failure);
  console.log("error:", gone && "operation" in gone && `${gone.operation} ${gone.cause?.type}`);

  const late = await getPolicy(policies, "log-retention", 0).catch((error: grpc.ServiceError) => error.code);
  console.log("deadline:", late === grpc.status.DEADLINE_EXCEEDED);

  const [received, code] = await firstRules(rules, 3);
  console.log("stream:", received, grpc.status[code]);

  policies.close();
  rules.close();
}

await main(process.argv[2] ?? "127.0.0.1:50051");
