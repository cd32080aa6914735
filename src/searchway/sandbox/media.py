"""Media types of requests and answers.

Elasticsearch negotiates its own versioned types, see
https://www.elastic.co/docs/reference/elasticsearch/rest-apis/compatibility. The sandbox reads and
writes JSON only, cat tables aside.
"""

import re
from collections.abc import Mapping

from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, unsupported_content_type

_JSON_TYPES = frozenset({"application/json", "application/x-ndjson"})
_VERSIONED = re.compile(r"application/vnd\.elasticsearch\+(json|x-ndjson)\s*;\s*compatible-with=(\d+)")
_HEADER_NAMES = {"accept": "Accept", "content-type": "Content-Type"}


def check_request_media(engine: Engine, headers: Mapping[str, str], body: bytes) -> None:
    """Refuse versions of the versioned types that the engine does not speak, and bodies that are no JSON.

    Raises:
        EngineError: media_type_header_exception.
        TextError: 406 for another content type.
    """
    content_type = headers.get("content-type", "")
    if engine.is_elasticsearch:
        for name in ("accept", "content-type"):
            _check_version(engine, name, headers.get(name, ""))
    if body and not _is_json(engine, content_type):
        raise unsupported_content_type(content_type)


def answer_media_type(engine: Engine, headers: Mapping[str, str]) -> str:
    """Return the media type of a JSON answer, versioned where the caller asked for that."""
    match = _VERSIONED.fullmatch(headers.get("accept", "").strip()) if engine.is_elasticsearch else None
    if match is None or match[2] not in _spoken(engine):
        return engine.media_type
    return f"application/vnd.elasticsearch+json;compatible-with={match[2]}"


def _is_json(engine: Engine, content_type: str) -> bool:
    if engine.is_elasticsearch and _VERSIONED.fullmatch(content_type.strip()):
        return True
    return content_type.partition(";")[0].strip().lower() in _JSON_TYPES


def _check_version(engine: Engine, name: str, value: str) -> None:
    match = _VERSIONED.fullmatch(value.strip())
    if match is None or match[2] in _spoken(engine):
        return
    newest, oldest = _spoken(engine)
    header = _HEADER_NAMES[name]
    reason = f"{header} version must be either version {newest} or {oldest}, but found {match[2]}. {header}={value}"
    cause = EngineError(400, "status_exception", reason)
    outer = "Invalid media-type value on headers [Accept, Content-Type]"
    raise EngineError(400, "media_type_header_exception", outer, cause=cause)


def _spoken(engine: Engine) -> tuple[str, str]:
    return str(engine.major), str(engine.major - 1)
