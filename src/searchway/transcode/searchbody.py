"""The body of a search as free JSON: read for what paging must know, and given more members, without a byte of the rest being changed.

Must not know which operation the body is of.
https://www.elastic.co/docs/reference/elasticsearch/rest-apis/paginate-search-results#search-after
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import orjson

from searchway.errors import InvalidArgumentError
from searchway.transcode import jsontext


def read_members(text: str, field: str) -> Mapping[str, msgspec.Raw]:
    """Cut a body into its members.

    Args:
        text: the body.
        field: the request field that has it, for errors.

    Raises:
        InvalidArgumentError: it is not an object.
    """
    try:
        return jsontext.members(text.encode())
    except ValueError as error:
        raise InvalidArgumentError(field, "expected a JSON object") from error


def add_members(text: str, more: Sequence[tuple[str, str]]) -> str:
    """Return the body with members, whose values are JSON texts, in front of its own; it has none of them yet."""
    head, brace, rest = text.partition("{")
    written = ",".join(f"{orjson.dumps(key).decode()}:{value}" for key, value in more)
    comma = "" if rest.lstrip(" \t\r\n").startswith("}") else ","
    return f"{head}{brace}{written}{comma}{rest}"


def sort_fields(sort: msgspec.Raw | None, field: str) -> list[str]:
    """Return the names by which a body sorts, in order; none if it does not.

    Args:
        sort: the body's `sort`: a name, an object of names, or a list of both.
        field: the path of it, for errors.

    Raises:
        InvalidArgumentError: it is none of these.
    """
    value: Any = None if sort is None else jsontext.parse(bytes(sort))
    if value is None:
        return []
    names: list[str] = []
    for criterion in value if isinstance(value, list) else [value]:
        if not isinstance(criterion, str | dict):
            raise InvalidArgumentError(field, "expected names of fields, or objects with options by name")
        names += [criterion] if isinstance(criterion, str) else criterion
    return names
