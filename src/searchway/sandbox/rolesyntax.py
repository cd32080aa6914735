"""Reading a role definition: what the engine's parser takes, in its normal form.

A definition that cannot be parsed is an error here; whether its names exist is `rolechecks`'
business. See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-put-role.
"""

import json
from collections.abc import Callable
from typing import Any

from searchway.sandbox.errors import EngineError
from searchway.sandbox.jsontext import token

_INDEX_FIELDS = frozenset({"names", "privileges", "field_security", "query", "allow_restricted_indices", "clusters"})


def read_role(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a role in the form in which it is stored and read back.

    Raises:
        EngineError: parse_exception in the words of the engine.
    """
    read: dict[str, Any] = {}
    for field, value in body.items():
        reader = _READERS.get(field)
        if reader is None:
            raise unparsable(f"failed to parse role [{name}]. unexpected field [{field}]")
        read[field] = reader(name, field, value)
    return {
        "cluster": read.get("cluster", []),
        **({"global": read["global"]} if read.get("global") else {}),
        "indices": read.get("indices", read.get("index", [])),
        "applications": read.get("applications", []),
        "run_as": read.get("run_as", []),
        "metadata": read.get("metadata", {}),
        "transient_metadata": {"enabled": True},
        **{field: read[field] for field in _ONLY_IF_GIVEN if read.get(field)},
    }


def unparsable(reason: str, cause: EngineError | None = None) -> EngineError:
    """Return the 400 of a definition that cannot be parsed."""
    return EngineError(400, "parse_exception", reason, cause=cause)


def _strings(name: str, field: str, value: Any) -> list[str]:
    """Read an array of strings."""
    if not isinstance(value, list):
        found = f"expected a string array but found [{token(value)}] value instead"
        raise _wrapped(name, f"could not parse [{field}] field. {found}")
    for item in value:
        if not isinstance(item, str):
            found = f"expected a string array but one of the value in the array is [{token(item)}]"
            raise _wrapped(name, f"could not parse [{field}] field. {found}")
    return value


def _wrapped(name: str, reason: str) -> EngineError:
    return unparsable(f"failed to parse role [{name}]", unparsable(reason))


def _object(name: str, field: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise unparsable(
            f"expected field [{field}] to be of type object, but found [{token(value)}] instead"
            if field != "global"
            else f"failed to parse role [{name}]. expected an object for field [global] but found [{token(value)}]"
        )
    return value


def _text(name: str, field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise unparsable(f"failed to parse role [{name}]. expected field [{field}] value to be a string")
    return value


def _entries(name: str, what: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        reason = f"failed to parse {what} privileges for role [{name}]"
        raise unparsable(f"{reason}. expected field [{what}] value to be an array, but found [{token(value)}] instead")
    for item in value:
        if not isinstance(item, dict):
            reason = f"failed to parse {what} privileges for role [{name}]"
            raise unparsable(f"{reason}. expected field [{what}] value to be an array of objects")
    return value


def _indices(name: str, field: str, value: Any) -> list[dict[str, Any]]:
    return [_index_entry(name, field, entry) for entry in _entries(name, field, value)]


def _index_entry(name: str, what: str, entry: dict[str, Any]) -> dict[str, Any]:
    reason = f"failed to parse indices privileges for role [{name}]"
    for field in entry:
        if field not in _INDEX_FIELDS or (field == "clusters" and what != "remote_indices"):
            raise unparsable(f"{reason}. unexpected field [{field}]")
    for field in ("names", "privileges", *(["clusters"] if what == "remote_indices" else [])):
        if field not in entry:
            raise unparsable(f"{reason}. missing required [{field}] field")
    names = entry["names"]
    read: dict[str, Any] = {
        "names": [names] if isinstance(names, str) else _strings(name, "names", names),
        "privileges": _strings(name, "privileges", entry["privileges"]),
    }
    if "field_security" in entry:
        read["field_security"] = _field_security(name, entry["field_security"])
    if entry.get("query") is not None:
        read["query"] = _query(name, entry["query"])
    read["allow_restricted_indices"] = bool(entry.get("allow_restricted_indices", False))
    if "clusters" in entry:
        read["clusters"] = _strings(name, "clusters", entry["clusters"])
    return read


def _field_security(name: str, value: Any) -> dict[str, Any]:
    reason = f"failed to parse indices privileges for role [{name}]"
    if not isinstance(value, dict):
        raise unparsable(f"{reason}. expected [field_security] to be an object, but found [{token(value)}] instead")
    if not value:
        raise unparsable(f"{reason}. [field_security] must not be empty.")
    for field in value:
        if field not in {"grant", "except"}:
            raise unparsable(f"{reason}. unexpected field [{field}] in [field_security]")
        _strings(name, field, value[field])
    return value


def _query(name: str, value: Any) -> str:
    """Return a document query as the text in which it is stored."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    reason = f"failed to parse indices privileges for role [{name}]"
    raise unparsable(
        f"{reason}. expected field [query] value to be null, a string, an array, or an object, "
        f"but found [{token(value)}] instead"
    )


def _applications(name: str, field: str, value: Any) -> list[dict[str, Any]]:
    reason = f"failed to parse application privileges for role [{name}]"
    for entry in _entries(name, field, value):
        for required in ("application", "privileges", "resources"):
            if required not in entry:
                raise unparsable(f"{reason}. missing required [{required}] field")
        for unknown in set(entry) - {"application", "privileges", "resources"}:
            raise unparsable(f"{reason}. unexpected field [{unknown}]")
    return list(value)


def _remote_clusters(name: str, field: str, value: Any) -> list[dict[str, Any]]:
    for entry in _entries(name, field, value):
        for required in ("privileges", "clusters"):
            if required not in entry:
                reason = f"failed to parse remote_cluster for role [{name}]"
                raise unparsable(f"{reason}. missing required [{required}] field")
            _strings(name, required, entry[required])
    return list(value)


_READERS: dict[str, Callable[[str, str, Any], Any]] = {
    "cluster": _strings,
    "global": _object,
    "indices": _indices,
    "index": _indices,
    "applications": _applications,
    "run_as": _strings,
    "runas": _strings,
    "metadata": _object,
    "transient_metadata": _object,
    "remote_indices": _indices,
    "remote_cluster": _remote_clusters,
    "description": _text,
}
_ONLY_IF_GIVEN = ("remote_indices", "remote_cluster", "description")
