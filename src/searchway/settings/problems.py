"""Says what is wrong with settings: one line per key, with what was expected and never with the value."""

from collections.abc import Iterator, Mapping

from pydantic_core import ErrorDetails

from searchway.settings.clusters import ClusterSettings
from searchway.settings.models import BatchingSettings, LimitSettings, ServerTls, Settings
from searchway.settings.shorthand import CLUSTER_KEYS
from searchway.suggestions import closest

Path = tuple[str, ...]
"""A place in the settings: the keys that lead there."""

_EXPECTED = {
    "missing": "expected a value",
    "path_not_file": "expected the path of a file that exists",
    "bool_parsing": "expected true or false",
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "float_parsing": "expected a number",
    "string_type": "expected text",
    "tuple_type": "expected a list",
    "model_type": "expected a table",
    "model_attributes_type": "expected a table",
    "mapping_type": "expected a table",
}

# Keys that may stand at the top beside the fields of the settings.
_SHORT = ("upstream", "sandbox", *CLUSTER_KEYS)

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "": (*Settings.model_fields, *_SHORT),
    "clusters": tuple(ClusterSettings.model_fields),
    "limits": tuple(LimitSettings.model_fields),
    "batching": tuple(BatchingSettings.model_fields),
    "http_tls": tuple(ServerTls.model_fields),
    "grpc_tls": tuple(ServerTls.model_fields),
}


def describe(detail: ErrorDetails, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each problem that a detail of an error tells of a place in the settings: its key, and what was expected."""
    if detail["type"] == "value_error" and detail["ctx"]["error"].args[0].count(": "):
        for line in str(detail["ctx"]["error"]).splitlines():
            key, _, problem = line.partition(": ")
            yield (*path, key), problem
    else:
        yield path, _problem(detail, path)


def _problem(detail: ErrorDetails, path: Path) -> str:
    if detail["type"] == "extra_forbidden":
        known = _SECTIONS[path[0] if len(path) > 1 else ""]
        close = closest(path[-1], known)
        return "unknown setting" + (f"; did you mean {close[0]}?" if close else "")
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    return _EXPECTED.get(detail["type"], detail["msg"][:1].lower() + detail["msg"][1:])
