import json

import pytest

from searchway.sandbox import create_sandbox
from unit.sandbox.asgi import JSON, ask

EXACT = b'{ "n" : 1E2, "big":123456789012345678901234567890,\n "f":0.10000000000000000555 }'


async def test_sources_come_back_byte_for_byte() -> None:
    sandbox = create_sandbox("elasticsearch")
    await ask(sandbox, "PUT /i/_doc/1", EXACT)
    assert EXACT in (await ask(sandbox, "GET /i/_doc/1")).body
    assert EXACT in (await ask(sandbox, "GET /i/_search")).body
    ndjson = await ask(sandbox, "POST /i/_msearch", b"{}\n{}\n", {"content-type": "application/x-ndjson"})
    assert EXACT in ndjson.body


async def test_a_filter_path_renders_sources_anew() -> None:
    sandbox = create_sandbox("elasticsearch")
    await ask(sandbox, "PUT /i/_doc/1", EXACT)
    filtered = await ask(sandbox, "GET /i/_search?filter_path=hits.hits._source")
    assert filtered.body == b'{"hits":{"hits":[{"_source":{"n":100.0,"big":123456789012345678901234567890,"f":0.1}}]}}'


async def test_versions_and_sequence_numbers_count_on() -> None:
    sandbox = create_sandbox()
    first = (await ask(sandbox, "PUT /i/_doc/1", {"a": 1})).document
    second = (await ask(sandbox, "PUT /i/_doc/1", {"a": 2})).document
    deleted = await ask(sandbox, "DELETE /i/_doc/1")
    missing = await ask(sandbox, "DELETE /i/_doc/1")
    assert [each["_seq_no"] for each in (first, second, deleted.document)] == [0, 1, 2]
    assert [each["_version"] for each in (first, second, deleted.document)] == [1, 2, 3]
    assert (second["result"], deleted.document["result"]) == ("updated", "deleted")
    assert (missing.status, missing.document["result"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("if_seq_no=0&if_primary_term=1", 200),
        ("if_seq_no=1&if_primary_term=1", 409),
        ("if_seq_no=0&if_primary_term=2", 409),
        ("if_seq_no=0", 400),
        ("if_primary_term=1", 400),
        ("op_type=create", 409),
    ],
)
async def test_concurrent_writes_are_refused(query: str, status: int) -> None:
    sandbox = create_sandbox()
    await ask(sandbox, "PUT /i/_doc/1", {"a": 1})
    assert (await ask(sandbox, f"PUT /i/_doc/1?{query}", {"a": 2})).status == status


async def test_identities_are_made_up_when_none_is_given() -> None:
    sandbox = create_sandbox()
    answer = await ask(sandbox, "POST /i/_doc", {"a": 1})
    assert answer.status == 201
    assert answer.document["_id"] in sandbox.state.indices["i"].documents


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"a":', b"no"])
async def test_bad_documents_are_refused(body: bytes) -> None:
    assert (await ask(create_sandbox(), "PUT /i/_doc/1", body, JSON)).status == 400


async def test_bulk_reports_each_item() -> None:
    sandbox = create_sandbox()
    actions = [{"index": {"_id": "1"}}, {"a": 1}, {"create": {"_id": "1"}}, {"a": 2}, {"delete": {"_id": "9"}}]
    body = "".join(json.dumps(action) + "\n" for action in actions)
    answer = (await ask(sandbox, "POST /i/_bulk", body, {"content-type": "application/x-ndjson"})).document
    assert answer["errors"] is True
    assert [next(iter(item.values()))["status"] for item in answer["items"]] == [201, 409, 404]


async def test_a_write_through_an_alias_goes_to_its_write_index() -> None:
    sandbox = create_sandbox()
    await ask(sandbox, "PUT /a", {"aliases": {"both": {}}})
    await ask(sandbox, "PUT /b", {"aliases": {"both": {"is_write_index": True}}})
    assert (await ask(sandbox, "PUT /both/_doc/1", {"x": 1})).document["_index"] == "b"
    await ask(sandbox, "DELETE /b")
    await ask(sandbox, "PUT /c", {"aliases": {"both": {}}})
    refused = await ask(sandbox, "PUT /both/_doc/1", {"x": 1})
    assert refused.reason.startswith("no write index is defined for alias [both]")
