"""What is different between two settings, and what of it can be had without a restart."""

from collections.abc import Iterator, Mapping
from typing import Any

from searchway.settings.clusters import ClusterSettings
from searchway.settings.models import Settings

_FACES = ("http_tls", "grpc_tls")
_CREDENTIALS = frozenset(
    {"username", "password", "password_file", "api_key", "api_key_file", "bearer", "bearer_file"}
    | {"client_cert", "client_key", "ca", "verify"}
)


def renew(old: Settings, new: Settings) -> Settings:
    """Return the old settings with all of the new ones that a running gateway can take."""
    others = {cluster.name: cluster for cluster in new.clusters}
    update: dict[str, Any] = {
        "log_level": new.log_level,
        "clusters": tuple(_renew_cluster(cluster, others.get(cluster.name)) for cluster in old.clusters),
    }
    for face in _FACES:
        before, after = getattr(old, face), getattr(new, face)
        if before and after and bool(before.client_ca) is bool(after.client_ca):  # whether callers are asked stays
            update[face] = after
    return old.model_copy(update=update)


def keep_ports(old: Settings, new: Settings) -> Settings:
    """Return the new settings, in which a free port is the one that was found for the old ones."""
    update = {}
    for face in ("http", "grpc"):
        before, after = getattr(old, face), getattr(new, face)
        if before and after and after.port == 0 and before.host == after.host:
            update[face] = before
    return new.model_copy(update=update)


def _renew_cluster(old: ClusterSettings, new: ClusterSettings | None) -> ClusterSettings:
    return old.model_copy(update={key: getattr(new, key) for key in _CREDENTIALS}) if new else old


def differences(old: Settings, new: Settings) -> list[str]:
    """Return the keys whose values are different, in order."""
    before, after = dict(_flat(_document(old))), dict(_flat(_document(new)))
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def _document(settings: Settings) -> dict[str, Any]:
    document = settings.model_dump()
    return {**document, "clusters": {cluster["name"]: cluster for cluster in document["clusters"]}}


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
