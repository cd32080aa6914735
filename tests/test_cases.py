"""Runs every case over the transcoder alone, the engine, gRPC and GraphQL: the same request must arrive, the same answer must come."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from harness.cases import Case, Exchange, Step, read_cases
from harness.faces import Outcome, failure_shape
from harness.gateway import Gateway
from harness.graph import argument_path, local_fields
from harness.plain import differences, is_json_equal, plain_message
from harness.upstream import Arrived, Upstream
from searchway.contract.records import Operation, Pages
from searchway.errors import CallError, InvalidArgumentError
from searchway.families import HOOKS
from searchway.families.hooks import Hook
from searchway.transcode import inputs, jsontext, params
from searchway.transcode.answer import Answer
from searchway.transcode.failures import read_failure
from searchway.transcode.request import encode
from searchway.transcode.response import Dialect, reader
from searchway.wire import HttpRequest, HttpResponse

CASES: Final = [case for case in read_cases() if not case.operation.streaming]
MESSAGES: Final = [case for case in CASES if case.is_message]
REFUSED_BEFORE: Final = [case for case in CASES if not case.is_message]
OWN_SELECTIONS: Final = [case for case in CASES if any("select" in step.graphql for step in case.steps)]
_PROJECTION: Final = re.compile(r"([?&])(?:h|filter_path)=[^&]*&?")


@pytest.mark.parametrize(("face", "case"), [(face, case) for case in MESSAGES for face in case.faces], ids=str)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_case_over_a_face(gateway: Gateway, upstream: Upstream, face: str, case: Case) -> None:
    token = ""
    for step in case.steps:
        told = _as_seen_by(face, step)
        upstream.expect(step.exchanges)
        values = step.values_after(token)
        outcome = await gateway.face(face).call(case.operation, values, cluster=case.engine, expected=step.gives or {})
        _check_outcome(case.operation, told, outcome, face)
        _check_arrived(case.operation, step.exchanges, upstream.arrived, is_projected=face == "graphql")
        token = str((outcome.result or {}).get("next_page_token", ""))


@pytest.mark.parametrize("case", REFUSED_BEFORE, ids=str)
@pytest.mark.asyncio(loop_scope="session")
async def test_input_that_no_message_can_hold(gateway: Gateway, upstream: Upstream, case: Case) -> None:
    (step,) = case.steps
    assert step.fails is not None
    upstream.expect(())
    with pytest.raises(InvalidArgumentError) as refused:
        inputs.build(case.operation.request, step.values)
    _check_failure(step.fails, refused.value.failure.document())
    outcome = await gateway.graphql.call(case.operation, step.values, cluster=case.engine, expected={})
    assert outcome.failure is not None
    assert outcome.failure["code"] == "INVALID_ARGUMENT"
    assert step.graphql.get("fails", {}).get("message", "") in outcome.failure["message"]
    assert upstream.arrived == []


@pytest.mark.parametrize("case", OWN_SELECTIONS, ids=str)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_selection_of_ones_own(gateway: Gateway, upstream: Upstream, case: Case) -> None:
    for step in case.steps:
        if "select" not in step.graphql:
            continue
        upstream.expect(step.exchanges)
        raw, failure = await gateway.graphql.ask(case.operation, step.values, case.engine, step.graphql["select"])
        assert failure is None
        assert [x.line for x in upstream.arrived] == [step.graphql.get("sends", step.exchanges[0].line)]
        expected = step.graphql["gives"]
        assert raw.decode() == expected if isinstance(expected, str) else jsontext.parse(raw) == expected


def _is_pure(operation: Operation, step: Step) -> bool:
    """Tell whether no state, no page and no judgement has a part in the call."""
    paging = operation.paging
    if (paging and paging.pages is not Pages.WHOLE) or {"page_size", "page_token"} & step.values.keys():
        return False
    failed_well = step.fails is not None and any(x.status < 400 for x in step.exchanges)
    return len(step.exchanges) <= 1 and not failed_well


PURE: Final = [case for case in MESSAGES if len(case.steps) == 1 and _is_pure(case.operation, case.steps[0])]


def _encode(case: Case, message: Any) -> HttpRequest:
    prepared = HOOKS.get(case.operation.name, Hook()).prepare(message)
    return encode(case.operation, prepared, engine=case.engine)


@pytest.mark.parametrize("case", PURE, ids=str)
def test_a_case_over_the_transcoder_alone(case: Case) -> None:
    operation, step = case.operation, case.steps[0]
    message = inputs.build(operation.request, step.values)
    if not step.exchanges:
        assert step.fails is not None
        if step.fails["code"] == "INVALID_ARGUMENT":
            with pytest.raises(CallError) as refused:
                _encode(case, message)
            _check_failure(step.fails, refused.value.failure.document())
        return
    request = _encode(case, message)
    exchange = step.exchanges[0]
    sent = Arrived(
        line=f"{request.method} {request.target}", body=request.body or b"", content_type=request.content_type
    )
    _check_arrived(operation, [exchange], [sent], is_projected=False)
    if step.fails is not None:
        response = HttpResponse(status=exchange.status, headers=exchange.headers, body=exchange.answer)
        _check_failure(_without_place(step.fails), read_failure(operation, response).failure.document())
        return
    assert step.gives is not None
    answer = Answer(bodies=(exchange.answer,), keys=params.request_keys(operation.request, message))
    read = operation.response.cls(**reader(operation, None, Dialect.PROTO).read(answer))
    local = set(local_fields(operation.response))
    expected = {name: value for name, value in step.gives.items() if name not in local}
    found = list(differences(operation.response, expected, plain_message(operation.response, read)))
    assert not found


def _as_seen_by(face: str, step: Step) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    own = step.graphql if face == "graphql" and "select" not in step.graphql else {}
    return own.get("gives", step.gives), own.get("fails", step.fails)


def _check_arrived(
    operation: Operation, expected: Sequence[Exchange], arrived: Sequence[Arrived], *, is_projected: bool
) -> None:
    strip = _strip_projection if is_projected and operation.read_only else str
    assert [strip(x.line) for x in arrived] == [strip(x.line) for x in expected]
    for one, exchange in zip(arrived, expected, strict=True):
        assert one.content_type == exchange.content_type
        assert one.body == b"" if exchange.body is None else is_json_equal(exchange.body, one.body), one.body.decode()


def _strip_projection(line: str) -> str:
    return _PROJECTION.sub(r"\1", line).rstrip("?&")


def _check_outcome(
    operation: Operation,
    told: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
    outcome: Outcome,
    face: str,
) -> None:
    gives, fails = told
    if fails is not None:
        assert outcome.failure is not None, outcome.result
        _check_failure(_renamed(operation, fails, outcome) if face == "graphql" else fails, outcome.failure)
        return
    assert gives is not None
    assert outcome.result is not None, outcome.failure
    found = list(differences(operation.response, gives, outcome.result))
    assert not found


def _renamed(operation: Operation, fails: Mapping[str, Any], outcome: Outcome) -> Mapping[str, Any]:
    """Name the field as the GraphQL caller does; where the schema itself refuses it, its message names it."""
    if "field" not in fails:
        return fails
    field = argument_path(operation, fails["field"])
    assert outcome.failure is not None
    if outcome.failure.get("field"):
        return {**fails, "field": field}
    assert re.sub(r"\[\d+\]", "", field.rpartition(".")[2]) in outcome.failure["message"]
    return {"code": fails["code"]}


def _without_place(fails: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what only the engine knows."""
    return {name: value for name, value in fails.items() if name not in {"cluster", "operation"}}


def _check_failure(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> None:
    """A message is given as a part, and so is a failure."""
    expected = dict(expected)
    assert expected.pop("message", "") in actual["message"]
    found = list(differences(failure_shape(), expected, actual))
    assert not found
