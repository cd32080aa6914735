"""Reads settings from environment variables: `SEARCHWAY_LIMITS__PAGE_SIZE=20` is `limits.page_size`."""

import re
from collections.abc import Mapping
from typing import Any

PREFIX = "SEARCHWAY_"

# Kubernetes describes every Service of a namespace to every container in variables of this shape; a Service that is
# called after the product must not look like a wrong setting.
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_SERVICE_LINK = re.compile(r"(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$")

# Read by `load` and by the command line, not settings themselves.
_NOT_SETTINGS = {"SEARCHWAY_CONFIG"}


def read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the variables that begin with the prefix as a nested document; empty ones do not count."""
    document: dict[str, Any] = {}
    for name, value in sorted(environ.items()):
        if _is_setting(name) and value:
            *tables, key = name.removeprefix(PREFIX).lower().split("__")
            _table(document, tables)[key] = value
    return document


def variable(key: str) -> str:
    """Return the name of the variable for a dotted key."""
    return PREFIX + key.replace(".", "__").replace("-", "_").upper()


def respell(document: dict[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Give the cluster `logs_eu` of a variable the name `logs-eu` that the file has for it."""
    clusters, known = document.get("clusters"), below.get("clusters")
    if not isinstance(clusters, Mapping) or not isinstance(known, Mapping):
        return document
    spelled = {re.sub(r"[-.]", "_", name): name for name in known}
    return {**document, "clusters": {spelled.get(name, name): table for name, table in clusters.items()}}


def _is_setting(name: str) -> bool:
    return name.startswith(PREFIX) and name not in _NOT_SETTINGS and not _SERVICE_LINK.search(name)


def _table(document: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for key in path:
        inner = document.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    return document
