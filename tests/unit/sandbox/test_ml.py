from typing import Any

import pytest

from searchway.sandbox import Sandbox, create_sandbox
from unit.sandbox.asgi import ask

JOB = {"analysis_config": {"bucket_span": "1h", "detectors": []}, "data_description": {}}


async def with_job(opened: bool = True) -> Sandbox:
    sandbox = create_sandbox("elasticsearch", clock=lambda: 1_700_000_000.0)
    await ask(sandbox, "PUT /_ml/anomaly_detectors/j", JOB)
    if opened:
        await ask(sandbox, "POST /_ml/anomaly_detectors/j/_open")
    return sandbox


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, {"flushed": True}),
        ({}, {"flushed": True}),
        ({"calc_interim": True, "start": "0", "end": "now"}, {"flushed": True}),
        ({"job_id": "other"}, {"flushed": True}),
        ({"advance_time": "1454944100"}, {"flushed": True, "last_finalized_bucket_end": 1454943600000}),
        ({"advance_time": "1454944100000"}, {"flushed": True, "last_finalized_bucket_end": 1454943600000}),
        ({"skip_time": "2016-02-08T15:08:20Z"}, {"flushed": True, "last_finalized_bucket_end": 1454943600000}),
    ],
)
async def test_flushing(body: Any, expected: dict[str, Any]) -> None:
    answer = await ask(await with_job(), "POST /_ml/anomaly_detectors/j/_flush", body)
    assert (answer.status, answer.document) == (200, expected)
    assert "is deprecated" in answer.headers["warning"]


async def test_parameters_may_come_in_the_query_when_there_is_no_body() -> None:
    sandbox = await with_job()
    base = "POST /_ml/anomaly_detectors/j/_flush?advance_time=1454944100"
    assert (await ask(sandbox, base)).document["last_finalized_bucket_end"] == 1454943600000
    assert "unrecognized parameter: [advance_time]" in (await ask(sandbox, base, {})).reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"nosuch":1}', "[1:2] [cluster:admin/xpack/ml/job/flush] unknown field [nosuch]"),
        (b'{"calc_interim":"yes"}', "[1:17] [cluster:admin/xpack/ml/job/flush] failed to parse field [calc_interim]"),
        (
            b'{"calc_interim":1}',
            "[1:17] [cluster:admin/xpack/ml/job/flush] calc_interim doesn't support values of type: VALUE_NUMBER",
        ),
        (
            b'{"start":5}',
            "[1:10] [cluster:admin/xpack/ml/job/flush] start doesn't support values of type: VALUE_NUMBER",
        ),
        (
            b'{"start":null}',
            "[1:10] [cluster:admin/xpack/ml/job/flush] start doesn't support values of type: VALUE_NULL",
        ),
        (
            b'{"start":[]}',
            "[1:10] [cluster:admin/xpack/ml/job/flush] start doesn't support values of type: START_ARRAY",
        ),
        (b"[]", "[1:1] [cluster:admin/xpack/ml/job/flush] Expected START_OBJECT but was: START_ARRAY"),
        (b'{"calc_interim":', "[1:17] Unexpected end of file"),
        (b'{"advance_time":"soon"}', "Query param [advance_time] with value [soon] cannot be parsed as a date"),
        (b'{"start":"0"}', "Invalid flush parameters: unexpected 'start'."),
        (b'{"calc_interim":true,"end":"1"}', "Invalid flush parameters: 'start' has not been specified."),
    ],
)
async def test_bad_bodies(body: bytes, reason: str) -> None:
    answer = await ask(await with_job(), "POST /_ml/anomaly_detectors/j/_flush", body)
    assert answer.status == 400
    assert answer.reason.startswith(reason)


async def test_an_unknown_or_closed_job() -> None:
    sandbox = await with_job(opened=False)
    unknown = await ask(sandbox, "POST /_ml/anomaly_detectors/x/_flush")
    closed = await ask(sandbox, "POST /_ml/anomaly_detectors/j/_flush")
    assert (unknown.status, unknown.reason) == (404, "No known job with id 'x'")
    assert (closed.status, closed.document["error"]["type"]) == (409, "status_exception")


async def test_the_life_of_a_job() -> None:
    sandbox = await with_job()
    assert (await ask(sandbox, "PUT /_ml/anomaly_detectors/j", JOB)).status == 400
    assert (await ask(sandbox, "POST /_ml/anomaly_detectors/j/_open")).status == 409
    assert (await ask(sandbox, "GET /_ml/anomaly_detectors/j")).document["jobs"][0]["job_id"] == "j"
    assert (await ask(sandbox, "DELETE /_ml/anomaly_detectors/j")).status == 409
    assert (await ask(sandbox, "POST /_ml/anomaly_detectors/j/_close")).document == {"closed": True}
    assert (await ask(sandbox, "DELETE /_ml/anomaly_detectors/j")).status == 200
    assert (await ask(sandbox, "PUT /_ml/anomaly_detectors/k", {})).reason == "Required [analysis_config]"
