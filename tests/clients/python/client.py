"""A small client with types: a policy, what failed, and a stream that is ended early.

usage: client.py HOST:PORT
"""

import sys
from collections.abc import Iterator

import grpc
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # googleapis-common-protos says nothing of types

from searchway.api.errors.v1 import errors_pb2
from searchway.api.ism.v1 import ism_pb2, ism_pb2_grpc
from searchway.api.rules.v1 import rules_pb2, rules_pb2_grpc

SECONDS = 20.0
OPENSEARCH = (("x-searchway-cluster", "opensearch"),)


def states(stub: ism_pb2_grpc.IsmServiceStub, policy_id: str) -> list[str]:
    """Return the names of a policy's states."""
    request = ism_pb2.GetPolicyRequest(policy_id=policy_id)
    answer = stub.GetPolicy(request, timeout=SECONDS, metadata=OPENSEARCH)
    return [state.name for state in answer.policy.definition.states]


def failure(error: grpc.RpcError) -> errors_pb2.ApiError:
    """Return the details of a failed call."""
    assert isinstance(error, grpc.Call)
    packed = next(value for key, value in error.trailing_metadata() if key == "grpc-status-details-bin")
    assert isinstance(packed, bytes)
    detail = errors_pb2.ApiError()
    assert any(one.Unpack(detail) for one in Status.FromString(packed).details)
    return detail


def code(error: grpc.RpcError) -> grpc.StatusCode:
    """Return the code of a failed call."""
    assert isinstance(error, grpc.Call)
    return error.code()


def first_rules(stub: rules_pb2_grpc.RulesServiceStub, count: int) -> Iterator[str]:
    """Yield the identifiers of the first rules, then cancel the stream."""
    request = rules_pb2.StreamRulesRequest(feature_type="workload_group", page_size=2)
    stream = stub.StreamRules(request, timeout=SECONDS, metadata=OPENSEARCH)
    for _, answer in zip(range(count), stream, strict=False):
        yield answer.rule.rule_id
    stream.cancel()


def main(address: str) -> None:
    """Make the calls and print what came of them."""
    with grpc.insecure_channel(address) as channel:
        policies = ism_pb2_grpc.IsmServiceStub(channel)
        print("states:", *states(policies, "log-retention"))
        try:
            states(policies, "gone")
        except grpc.RpcError as error:
            detail = failure(error)
            print("error:", detail.operation, detail.cause.type)
        try:
            policies.GetPolicy(ism_pb2.GetPolicyRequest(policy_id="log-retention"), timeout=0.0, metadata=OPENSEARCH)
        except grpc.RpcError as error:
            print("deadline:", code(error).name)
        print("stream:", len(list(first_rules(rules_pb2_grpc.RulesServiceStub(channel), 3))))


if __name__ == "__main__":
    main(sys.argv[1])
