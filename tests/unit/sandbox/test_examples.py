import pytest

from searchway.sandbox import create_sandbox, load_example_data
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import ask

REQUESTS: dict[EngineName, list[tuple[str, str, object]]] = {
    "elasticsearch": [
        ("POST /_enrich/policy/users-policy/_execute", "status", None),
        ("POST /_ml/anomaly_detectors/request-rate/_flush", "flushed", {}),
        ("GET /_security/role/log_reader", "log_reader", None),
        ("GET /_data_stream/metrics-web", "data_streams", None),
        ("PUT /logs-2026.01.01/_shrink/small", "index", {"settings": {"index.number_of_shards": 2}}),
    ],
    "opensearch": [
        ("GET /_plugins/_ism/policies/log-retention", "policy", None),
        ("GET /_plugins/_ism/explain/logs-*", "total_managed_indices", None),
        ("GET /_rules/workload_group", "search_after", None),
        ("PUT /logs-2026.01.01/_shrink/small", "index", {"settings": {"index.number_of_shards": 2}}),
    ],
    "opendistro": [
        ("GET /_opendistro/_ism/policies/log-retention", "policy", None),
        ("GET /_opendistro/_ism/explain/logs-*", "logs-2026.01.01", None),
    ],
}


@pytest.mark.parametrize("engine", REQUESTS)
async def test_every_operation_has_something_to_show(engine: EngineName) -> None:
    sandbox = create_sandbox(engine)
    load_example_data(sandbox)
    for request, member, body in REQUESTS[engine]:
        answer = await ask(sandbox, request, body)
        assert answer.status == 200
        assert member in answer.document


async def test_the_demo_cluster_has_an_unassigned_row() -> None:
    sandbox = create_sandbox()
    load_example_data(sandbox)
    assert not sandbox.requests
    rows = (await ask(sandbox, "GET /_cat/allocation?format=json")).document
    assert [row["node"] for row in rows] == ["node-1", "UNASSIGNED"]
    assert len(sandbox.state.rules) == 120
