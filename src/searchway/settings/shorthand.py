"""What may be said shortly: one cluster without a table of its own, and the embedded upstream.

`upstream` makes a cluster called `default`; the keys of a cluster, said at the top, belong to it. `sandbox` makes one
cluster per engine, or one of the engine that it names.
"""

from collections.abc import Mapping
from typing import Any, get_args

from searchway.settings.clusters import ClusterSettings, EngineName

ENGINES: tuple[str, ...] = get_args(EngineName)
CLUSTER_KEYS = tuple(key for key in ClusterSettings.model_fields if key not in {"name", "nodes", "sandbox"})

_ALL = ("true", "1", "yes", "on", "all")
_NONE = ("false", "0", "no", "off")


def expand(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the settings with every cluster as a table under `clusters`, and what is wrong with the short forms."""
    long = dict(document)
    tables = long.pop("clusters", {})
    upstream, (sandbox, problems) = _upstream(long), _sandbox(long)
    shared = {key: long.pop(key) for key in CLUSTER_KEYS if key in long}
    if not isinstance(tables, Mapping):
        return {**long, "clusters": tables}, problems
    made = upstream or sandbox
    if not upstream:
        problems += [f"{key}: expected beside upstream, or in a table clusters.<name>" for key in shared]
        shared = {}
    if beside := _beside(made, upstream and sandbox, tables):
        problems.append(f"{'upstream' if upstream else 'sandbox'}: expected no other clusters beside it, got {beside}")
        tables = {name: table for name, table in tables.items() if name in made}
    own = {name: tables.get(name, {}) for name in made}
    short = {name: {**shared, **made[name], **own[name]} for name in made if isinstance(own[name], Mapping)}
    told = {"list_clusters": True, "explain_requests": True} if sandbox else {}  # which hides nothing
    return {**told, **long, "clusters": {**tables, **short}}, problems


def _beside(made: Mapping[str, Any], both: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    """Name what makes clusters beside those that are made of the short form."""
    others = [f"clusters.{name}" for name in tables if name not in made] if made else []
    return " and ".join(["sandbox", *others] if both else others)


def _upstream(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = document.pop("upstream", None)
    return {"default": {"nodes": nodes}} if nodes else {}


def _sandbox(document: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    word = str(document.pop("sandbox", "off")).lower()
    if word in _NONE:
        return {}, []
    if word not in _ALL and word not in ENGINES:
        return {}, [f"sandbox: expected all or one of {', '.join(ENGINES)}"]
    return {engine: {"sandbox": engine} for engine in ENGINES if word in {engine, *_ALL}}, []
