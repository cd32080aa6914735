"""What the case files send and answer: finds documented parameters and members in them by their REST keys."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import orjson

from contract.rest_keys import ANY, Keys
from harness.cases import Case, Exchange, Step, read_cases
from searchway.contract.records import Form
from searchway.transcode import jsontext


def is_in_a_case(operation: str, section: str, keys: Keys) -> bool:
    """Tell whether a case of the operation has what is documented in a section; of answers, those that are a success."""
    return any(_holds(document, _named(keys, values)) for values, document in _documents(operation, section))


def is_path_in_a_case(operation: str, route: str) -> bool:
    """Tell whether a case sends to the path, by any method: where several will do the first is sent."""
    path = "/" + re.sub(r"\\{[^}]*\\}", r"[^/?]+", re.escape(route.split()[1].removeprefix("/")))
    cases = [case for case in read_cases() if case.operation.name == operation]
    lines = (exchange.line for case in cases for step in case.steps for exchange in step.exchanges)
    return any(re.fullmatch(path, line.split()[1].partition("?")[0]) for line in lines)


@cache
def _documents(operation: str, section: str) -> list[tuple[Mapping[str, Any], Any]]:
    """Return what the cases of the operation have in a section, with the values of the call."""
    cases = [case for case in read_cases() if case.operation.name == operation]
    steps = [(case, step) for case in cases for step in case.steps]
    return [(step.values, document) for case, step in steps for document in _SECTIONS[section](case, step)]


def _in_query(_case: Case, step: Step) -> Iterator[Any]:
    for exchange in step.exchanges:
        yield dict(parse_qsl(exchange.line.partition("?")[2], keep_blank_values=True))


def _in_body(case: Case, step: Step) -> Iterator[Any]:
    for exchange in step.exchanges:
        if isinstance(exchange.body, str):
            lines = exchange.body.splitlines()
            yield from map(orjson.loads, lines[::2] if case.operation.form is Form.NDJSON else lines)
        else:
            yield exchange.body


def _in_response(_case: Case, step: Step) -> Iterator[Any]:
    return (_parsed(exchange) for exchange in step.exchanges if step.gives is not None)


_SECTIONS = {"query": _in_query, "body": _in_body, "response": _in_response}


def _parsed(exchange: Exchange) -> Any:
    return jsontext.parse(exchange.answer) if exchange.answer else None


def _named(keys: Keys, values: Mapping[str, Any]) -> Keys:
    """Put the request's own texts in place of keys such as `{feature_type}`."""
    return tuple(str(values.get(key[1:-1], key)) if key.startswith("{") else key for key in keys)


def _holds(document: Any, keys: Keys) -> bool:
    """Places in lists are left out of keys."""
    if not keys:
        return True
    if isinstance(document, list):
        return any(_holds(item, keys) for item in document)
    if not isinstance(document, dict):
        return False
    below = document.values() if keys[0] == ANY else [document[keys[0]]] if keys[0] in document else []
    return any(_holds(member, keys[1:]) for member in below)
