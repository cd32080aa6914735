"""What a request asks in GraphQL: its parameters out of a body or a URL.

https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar
from urllib.parse import parse_qsl

import msgspec

from searchway.graph.refusals import BadRequestError
from searchway.transcode import surrogates
from searchway.transcode.depth import NestingError


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLRequest:
    """The parameters of a request."""

    query: str
    """The document; empty if the request only names one."""
    operation_name: str | None
    """Which of its operations to execute."""
    variables: bytes
    """The variables: the JSON object as it was written, in UTF-8; empty if there are none."""
    sha256: str = ""
    """The hash of an automatic persisted query, or Apollo's name of a trusted document; empty if the request has none."""
    document_id: str = ""
    """The name of a trusted document; empty if the request has none."""


class _PersistedQuery(msgspec.Struct, frozen=True):
    """What an automatic persisted query has: https://www.apollographql.com/docs/apollo-server/performance/apq ."""

    version: Literal[1]
    sha256Hash: str  # noqa: N815  # the name on the wire


class _Extensions(msgspec.Struct, frozen=True):
    persistedQuery: _PersistedQuery | None = None  # noqa: N815  # the name on the wire


class _Body(msgspec.Struct, frozen=True):
    query: str | None = None
    documentId: str | None = None  # noqa: N815  # the name on the wire
    operationName: str | None = None  # noqa: N815  # the name on the wire
    variables: msgspec.Raw = msgspec.Raw(b"")
    extensions: _Extensions | None = None


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_text = msgspec.json.Decoder(msgspec.Raw).decode
_decode_extensions = msgspec.json.Decoder(_Extensions | None).decode
_LARGEST_ODD, _MOST_SURROGATES = 1024 * 1024, 20_000
"""Bytes and surrogates up to which a text that the decoder refuses is searched for lone ones: they take about 20 ms."""
_NONE = _Body()
_T = TypeVar("_T")


@lru_cache(maxsize=4)
def _batch_decoder(most: int) -> Callable[[bytes], list[_Body]]:
    """Return what decodes an array of so many requests at most; it stops at the one beyond, however many there are."""
    places = [(f"p{number}", _Body, msgspec.field(default=_NONE)) for number in range(most)]
    array = msgspec.defstruct("Batch", places, array_like=True, forbid_unknown_fields=True)
    decode = msgspec.json.Decoder(array).decode
    return lambda body: [one for one in msgspec.structs.astuple(decode(body)) if one is not _NONE]


def read_body(body: bytes) -> GraphQLRequest:
    """Read the parameters from a JSON body.

    Raises:
        BadRequestError: it is not JSON, or a parameter has a wrong type.
    """
    try:
        given, mark = decode_odd(_decode_body, body)
    except ValueError as error:
        raise BadRequestError(400, f"the body is not a GraphQL request: {error}") from None
    return _read_one(given, mark)


def decode_odd(decode: Callable[[bytes], _T], text: bytes) -> tuple[_T, str]:
    """Decode a JSON text, also one with lone surrogates.

    Returns:
        What was decoded, and the mark behind which such surrogates are hidden in it (see `surrogates`); empty if there are none.

    Raises:
        ValueError: it cannot be decoded.
    """
    try:
        return decode(text), ""
    except RecursionError:
        raise NestingError from None
    except ValueError:
        mark, hidden = surrogates.hide(text) if _may_be_odd(text) else ("", text)
        if not mark:
            raise
    try:
        return decode(hidden), mark
    except RecursionError:
        raise NestingError from None


def _may_be_odd(text: bytes) -> bool:
    return len(text) <= _LARGEST_ODD and 0 < text.count(rb"\ud") + text.count(rb"\uD") <= _MOST_SURROGATES


def is_batch(body: bytes) -> bool:
    """Tell a list of requests from a single one."""
    return body[:1] != b"{" and body.lstrip()[:1] == b"["


def read_batch(body: bytes, most: int) -> list[GraphQLRequest]:
    """Read the parameters of several requests from a JSON array.

    Args:
        body: the array.
        most: the most requests that it may hold; 0 if no array is taken.

    Raises:
        BadRequestError: it is not JSON, a parameter has a wrong type, or there are too many or none.
    """
    if not most:
        raise BadRequestError(400, "expected one GraphQL request, got an array: this gateway takes no batches")
    try:
        given, mark = decode_odd(_batch_decoder(most), body)
    except ValueError as error:
        problem = f"the body is not an array of 1 to {most} GraphQL requests (limits.graphql_batch): {error}"
        raise BadRequestError(400, problem) from None
    if not given:
        raise BadRequestError(400, f"expected from 1 to {most} GraphQL requests in the array, got none")
    return [_read_one(one, mark) for one in given]


def read_url(query_string: bytes) -> GraphQLRequest:
    """Read the parameters from a URL's query.

    Raises:
        BadRequestError: there is neither a query nor the name of one, or variables or extensions are not JSON objects.
    """
    try:
        given = dict(
            parse_qsl(query_string.decode("ascii"), keep_blank_values=True, strict_parsing=False, errors="strict")
        )
        extensions = _decode_extensions(given.get("extensions") or "null")
    except (ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise BadRequestError(400, f"the URL is not a GraphQL request: {error}") from None
    sha256 = _hash(extensions)
    document_id = given.get("documentId", "")
    query = _query(given.get("query"), sha256 or document_id)
    text = given.get("variables", "").strip().encode()
    try:
        decode_odd(_decode_text, text or b"null")
    except ValueError as error:
        raise BadRequestError(400, f"variables: {error}") from None
    name = given.get("operationName") or None
    return GraphQLRequest(
        query=query,
        operation_name=name,
        variables=_check_variables(text),
        sha256=sha256,
        document_id=document_id,
    )


def _read_one(given: _Body, mark: str) -> GraphQLRequest:
    variables = bytes(given.variables)
    sha256 = _hash(given.extensions)
    document_id = given.documentId or ""
    query = _query(given.query, sha256 or document_id)
    if mark:
        if mark in f"{query}{given.operationName}{sha256}{document_id}":
            problem = "query, operationName, documentId, extensions: expected texts, got half of a surrogate pair"
            raise BadRequestError(400, problem)
        variables = surrogates.show(variables, mark)
    return GraphQLRequest(
        query=query,
        operation_name=given.operationName,
        variables=_check_variables(variables),
        sha256=sha256,
        document_id=document_id,
    )


def _hash(extensions: _Extensions | None) -> str:
    return extensions.persistedQuery.sha256Hash if extensions and extensions.persistedQuery else ""


def _query(given: str | None, name: str) -> str:
    """Return the document of a request, which may be left out where it is named."""
    if given is None and not name:
        raise BadRequestError(400, "the parameter query is missing")
    return given or ""


def _check_variables(text: bytes) -> bytes:
    """Return a JSON text as variables; it is not looked into."""
    if text in {b"", b"null"}:
        return b""
    if text[:1] != b"{":
        raise BadRequestError(400, "variables: expected an object")
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise BadRequestError(400, f"variables: not UTF-8: {error}") from None
    return text
