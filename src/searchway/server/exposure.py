"""Who may write: whoever reaches a face does so with the gateway's own credentials. Says so where that may be more than is meant."""

import structlog

from searchway.server.http.hosts import is_loopback
from searchway.settings import ClusterSettings, Settings

_log = structlog.get_logger("searchway")


def warn_of_exposure(settings: Settings) -> None:
    """Write a warning for each face that others than this machine reach without a client certificate, if clusters take us for somebody."""
    clusters = [cluster.name for cluster in settings.clusters if has_credentials(cluster)]
    if not clusters:
        return
    for face, address, tls in (("http", settings.http, settings.http_tls), ("grpc", settings.grpc, settings.grpc_tls)):
        if address and not is_loopback(address.host) and not (tls and tls.client_ca):
            _log.warning(
                "open to everybody", face=face, address=str(address), clusters=clusters, problem=_problem(face)
            )


def has_credentials(cluster: ClusterSettings) -> bool:
    """Tell whether the gateway proves itself to a cluster, for callers that do not."""
    given = (cluster.username, cluster.api_key, cluster.api_key_file, cluster.bearer, cluster.bearer_file)
    return any(given) or cluster.client_cert is not None


def _problem(face: str) -> str:
    return (
        "whoever reaches this address can read and write with the gateway's credentials; "
        f"set {face}_tls.client_ca, or let only those reach it who may"
    )
