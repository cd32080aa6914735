"""Reads the case files: what an operation takes, what it sends, what the cluster answers and what the caller gets.

    - name: creates a policy                     a file is a list of cases
      faces: [grpc, …]                           all faces if absent
      engine: opendistro                         else the first engine of the operation
      input: {policy_id: p1, …}                  by proto names
      sends: PUT /_opendistro/_ism/policies/p1   method and target, byte for byte; nothing if the input is refused
      body: {…}                                  equal as JSON, or a text, equal byte for byte; `lines` for NDJSON
      status: 201                                200 if absent
      headers: {retry-after: "2"}
      answer: {…}                                JSON, or a text
      gives: {…}                                 by proto names; all of it, but failures may say a part
      streams: [{…}, …]                          instead of `gives`, the messages of a server stream; `fails` beside it comes after them
      fails: {code: …, field: …, message: …}     instead of `gives`; the message as a part
      exchanges: [{sends, …}, …]                 instead of the above where the gateway sends several requests
      graphql: {select, sends, gives, fails}     where that face differs, or for a selection of one's own
      then: [{input, …}, …]                      more calls; their input is added to the one before, `$next` is its token

Line breaks in texts of bodies and answers are for the reader alone. `!json` marks JSON text that must go through byte for byte; `$any` in `gives` stands for any text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml

from searchway.contract.catalog import load
from searchway.contract.records import Engine, Operation
from searchway.errors import InvalidArgumentError
from searchway.transcode import inputs
from searchway.transcode.jsontext import JsonText

FOLDER = Path(__file__).parent.parent / "cases"
NEXT = "$next"
ANY = "$any"

_EXCHANGE = {"sends", "body", "lines", "status", "headers", "answer"}
_STEP = _EXCHANGE | {"input", "gives", "streams", "fails", "exchanges", "graphql"}
_CASE = _STEP | {"name", "engine", "faces", "then", "sandbox", "given"}
_FACES = ("engine", "grpc", "graphql")
_GRAPHQL = {"select", "sends", "gives", "fails"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request as it must arrive at the cluster, and the cluster's answer."""

    line: str
    body: Any = None
    """None for no body, text for exact bytes, anything else for equal JSON."""
    content_type: str | None = None
    status: int = 200
    headers: Mapping[str, str]
    answer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call."""

    values: Mapping[str, Any]
    exchanges: Sequence[Exchange]
    gives: Mapping[str, Any] | None
    fails: Mapping[str, Any] | None
    streams: Sequence[Mapping[str, Any]] | None
    graphql: Mapping[str, Any]

    def values_after(self, token: str) -> Mapping[str, Any]:
        """Return the values with the token that the call before gave."""
        return {name: token if value == NEXT else value for name, value in self.values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Calls of one operation, one after the other."""

    name: str
    operation: Operation
    engine: Engine
    faces: Sequence[str]
    steps: Sequence[Step]
    sandbox: bool
    given: Sequence[Exchange]
    """Requests that bring the sandbox into the state that the case needs."""

    def __str__(self) -> str:
        return f"{self.operation.name}-{self.name.replace(' ', '-')}"

    @property
    def is_message(self) -> bool:
        """Whether the input of every call can be written as a message at all."""
        return all(_is_message(self.operation, step.values) for step in self.steps)


@cache
def read_cases() -> tuple[Case, ...]:
    """Read every case; raises ValueError where a file does not say what it must."""
    return tuple(case for file in sorted(FOLDER.glob("*/*.yaml")) for case in _read_file(file))


def good_case(operation: Operation) -> Case:
    """Return a case of the operation that sends one request and has an answer."""
    cases = (case for case in read_cases() if case.operation is operation and case.is_message)
    return next(c for c in cases if c.steps[0].gives is not None and len(c.steps[0].exchanges) == 1)


def case_file(operation: Operation) -> Path:
    """Return the file with the cases of the operation."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation.rpc)
    return FOLDER / operation.family / f"{words.strip('_')}.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with JSON texts in it."""


def _json_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> JsonText:
    return JsonText(loader.construct_scalar(node))


_Loader.add_constructor("!json", _json_text)


def _read_file(file: Path) -> Iterator[Case]:
    operation = next((o for o in load().operations.values() if case_file(o) == file), None)
    if operation is None:
        raise ValueError(f"{file}: there is no operation of this name")
    names = set()
    for told in yaml.load(file.read_text(encoding="utf-8"), _Loader):  # noqa: S506  # a safe loader with one more tag
        if told["name"] in names:
            raise ValueError(f"{file}: {told['name']}: there twice")
        names.add(told["name"])
        try:
            yield _case(operation, told)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{file}: {told['name']}: {error}") from error


def _case(operation: Operation, told: Mapping[str, Any]) -> Case:
    _check_keys(told, _CASE)
    values: Mapping[str, Any] = {}
    steps = []
    for one in ({key: told[key] for key in told if key in _STEP}, *told.get("then", ())):
        values = {**values, **one.get("input", {})}
        steps.append(_step(one, values))
    return Case(
        name=told["name"],
        operation=operation,
        engine=Engine(told.get("engine", operation.engines[0].engine)),
        faces=told.get("faces", _FACES),
        steps=steps,
        sandbox=told.get("sandbox", False),
        given=[_exchange(one) for one in told.get("given", ())],
    )


def _step(told: Mapping[str, Any], values: Mapping[str, Any]) -> Step:
    _check_keys(told, _STEP)
    graphql = told.get("graphql", {})
    _check_keys(graphql, _GRAPHQL)
    if ("gives" in told) == bool({"fails", "streams"} & told.keys()):
        raise ValueError("expected either gives or fails, or streams with or without fails")
    exchanges = told.get("exchanges", [{key: told[key] for key in told if key in _EXCHANGE}] if "sends" in told else [])
    return Step(
        values=values,
        exchanges=[_exchange(one) for one in exchanges],
        gives=told.get("gives"),
        fails=told.get("fails"),
        streams=told.get("streams"),
        graphql=graphql,
    )


def _exchange(told: Mapping[str, Any]) -> Exchange:
    _check_keys(told, _EXCHANGE)
    body, content_type = told.get("body"), "application/json" if "body" in told else None
    body = body.replace("\n", "") if isinstance(body, str) else body
    if "lines" in told:
        body, content_type = "".join(f"{line}\n" for line in told["lines"]), "application/x-ndjson"
    answer = told.get("answer", "")
    return Exchange(
        line=told["sends"],
        body=body,
        content_type=content_type,
        status=told.get("status", 200),
        headers=told.get("headers", {}),
        answer=answer.replace("\n", "").encode() if isinstance(answer, str) else orjson.dumps(answer),
    )


def _check_keys(told: Mapping[str, Any], known: set[str]) -> None:
    if unknown := told.keys() - known:
        raise ValueError(f"unknown keys {', '.join(sorted(unknown))}")


def _is_message(operation: Operation, values: Mapping[str, Any]) -> bool:
    try:
        inputs.build(operation.request, values)
    except InvalidArgumentError:
        return False
    return True
