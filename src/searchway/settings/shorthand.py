"""What may be said shortly: one cluster without a table of its own, and the embedded upstream.

`upstream` makes a cluster called `default`; the keys of a cluster, said at the top, belong to it. `sandbox` makes one
cluster per engine, or one of the engine that it names.
"""

from collections.abc import Mapping
from typing import Any, get_args

from searchway.errors import SettingsError
from searchway.settings.clusters import ClusterSettings, EngineName

ENGINES: tuple[str, ...] = get_args(EngineName)
CLUSTER_KEYS = tuple(key for key in ClusterSettings.model_fields if key not in {"name", "nodes", "sandbox"})

_ALL = ("true", "1", "yes", "on", "all")
_NONE = ("false", "0", "no", "off")


def expand(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with every cluster as a table under `clusters`.

    Raises:
        SettingsError: `upstream` or `sandbox` stands beside other clusters.
    """
    long = dict(document)
    tables = long.pop("clusters", {})
    upstream, sandbox = _upstream(long), _sandbox(long)
    shared = {key: long.pop(key) for key in CLUSTER_KEYS if key in long}
    if not isinstance(tables, Mapping):
        return {**long, "clusters": tables}
    made = upstream or sandbox
    if (upstream and sandbox) or (made and not tables.keys() <= made.keys()):
        raise SettingsError("upstream: expected one of upstream, sandbox and clusters, got more")
    if shared and not upstream:
        raise SettingsError(f"{next(iter(shared))}: expected beside upstream, or in a table clusters.<name>")
    return {**long, "clusters": {**tables, **{name: {**shared, **made[name], **tables.get(name, {})} for name in made}}}


def _upstream(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = document.pop("upstream", None)
    return {"default": {"nodes": nodes}} if nodes else {}


def _sandbox(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    word = str(document.pop("sandbox", "off")).lower()
    if word in _NONE:
        return {}
    if word not in _ALL and word not in ENGINES:
        raise SettingsError(f"sandbox: expected all or one of {', '.join(ENGINES)}")
    return {engine: {"sandbox": engine} for engine in ENGINES if word in {engine, *_ALL}}
