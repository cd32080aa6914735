import pytest

from searchway.sandbox import Sandbox, create_sandbox
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import ask

TIMESTAMPED = {"mappings": {"properties": {"@timestamp": {"type": "date"}}}}


async def streaming(engine: EngineName = "elasticsearch", version: str | None = None) -> Sandbox:
    sandbox = create_sandbox(engine, version=version)
    template = {"index_patterns": ["logs-*"], "data_stream": {}, "template": {"settings": {"number_of_replicas": 0}}}
    await ask(sandbox, "PUT /_index_template/logs", template)
    await ask(sandbox, "PUT /_data_stream/logs-a")
    await ask(sandbox, "PUT /plain", TIMESTAMPED)
    return sandbox


@pytest.mark.parametrize(("engine", "managed"), [("elasticsearch", True), ("opensearch", False)])
async def test_a_stream_describes_itself(engine: EngineName, managed: bool) -> None:
    sandbox = await streaming(engine)
    [stream] = (await ask(sandbox, "GET /_data_stream/logs-*")).document["data_streams"]
    assert (stream["name"], stream["generation"], stream["status"], stream["template"]) == (
        "logs-a",
        1,
        "GREEN",
        "logs",
    )
    assert ("managed_by" in stream["indices"][0]) is managed


async def test_documents_go_to_the_write_index_and_are_found_by_the_streams_name() -> None:
    sandbox = await streaming()
    written = await ask(sandbox, "POST /logs-a/_doc", {"@timestamp": "2026-01-01"})
    replaced = await ask(sandbox, "PUT /logs-a/_doc/1", {"@timestamp": "2026-01-01"})
    assert written.document["_index"].startswith(".ds-logs-a-")
    assert replaced.reason == "only write ops with an op_type of create are allowed in data streams"
    assert (await ask(sandbox, "GET /logs-a/_search")).document["hits"]["total"]["value"] == 1


async def test_a_modification_is_all_or_nothing() -> None:
    sandbox = await streaming()
    before = list(sandbox.state.data_streams["logs-a"].indices)
    add = {"add_backing_index": {"data_stream": "logs-a", "index": "plain"}}
    bad = {"remove_backing_index": {"data_stream": "logs-a", "index": "nosuch"}}
    assert (await ask(sandbox, "POST /_data_stream/_modify", {"actions": [add, bad]})).status == 400
    assert sandbox.state.data_streams["logs-a"].indices == before
    assert (await ask(sandbox, "POST /_data_stream/_modify", {"actions": [add]})).status == 200
    assert sandbox.state.data_streams["logs-a"].indices == ["plain", *before]


@pytest.mark.parametrize(
    ("version", "body", "status", "reason"),
    [
        ("8.19.21", {"data_stream": "logs-a", "index": "plain"}, 400, "index [plain] not found"),
        ("9.5.3", {"data_stream": "logs-a", "index": "plain"}, 400, "index [plain] not found in data stream [logs-a]"),
        ("8.19.21", {"data_stream": "logs-a"}, 500, None),
        ("9.5.3", {"data_stream": "logs-a"}, 400, "index [null] not found"),
    ],
)
async def test_releases_word_it_differently(
    version: str, body: dict[str, str], status: int, reason: str | None
) -> None:
    sandbox = await streaming(version=version)
    answer = await ask(sandbox, "POST /_data_stream/_modify", {"actions": [{"remove_backing_index": body}]})
    assert (answer.status, answer.reason) == (status, reason)


async def test_the_write_index_cannot_be_deleted_but_the_stream_can() -> None:
    sandbox = await streaming()
    [index] = sandbox.state.data_streams["logs-a"].indices
    assert "is the write index for data stream" in (await ask(sandbox, f"DELETE /{index}")).reason
    assert (await ask(sandbox, "DELETE /_data_stream/logs-a")).status == 200
    assert set(sandbox.state.indices) == {"plain"}


async def test_templates_can_be_read_and_deleted() -> None:
    sandbox = await streaming()
    shown = (await ask(sandbox, "GET /_index_template/logs")).document["index_templates"]
    assert shown[0]["index_template"]["index_patterns"] == ["logs-*"]
    assert (await ask(sandbox, "DELETE /_index_template/logs")).status == 200
    assert (await ask(sandbox, "GET /_index_template/logs")).status == 404
