"""All configured clusters, by name: the door to the network for everyone above."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import httpx

from searchway.contract.records import Engine
from searchway.errors import InvalidArgumentError, SettingsError
from searchway.settings import ClusterSettings, Settings
from searchway.suggestions import closest
from searchway.upstream.breaker import Breaker
from searchway.upstream.carrier import Carrier, carrier_of
from searchway.upstream.cluster import Cluster
from searchway.upstream.credentials import HeaderPolicy
from searchway.upstream.detection import Detection
from searchway.upstream.latency import Latency
from searchway.upstream.node import Common, Node
from searchway.upstream.pauses import Pauses
from searchway.upstream.pool import Pick, Pool
from searchway.upstream.product import Product
from searchway.upstream.throttle import Throttle
from searchway.upstream.transport import NetworkTransport
from searchway.upstream.trust import ContextOf, context_factory
from searchway.vocabulary import CLUSTER

# How many names an error tells.
_MOST_NAMES = 20


class Clusters:
    """The clusters of the settings."""

    def __init__(
        self,
        settings: Settings,
        *,
        transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a transport for every cluster; connections are made when they are needed.

        Args:
            settings: The settings.
            transports: By cluster name, what carries requests in place of the network.
            clock: Seconds from any origin, by which nodes are judged and callers have to wait.

        Raises:
            SettingsError: A certificate or key of a cluster cannot be used, or its sandbox is not here.
        """
        given = {name: carrier_of(transport) for name, transport in (transports or {}).items()}
        context_of = context_factory()
        self._carriers = {c.name: given.get(c.name) or _open(c, context_of) for c in settings.clusters}
        self._clusters = {
            c.name: build_cluster(c, settings, self._carriers[c.name], clock=clock) for c in settings.clusters
        }
        self._lists = settings.list_clusters
        self._default = self._clusters[settings.default_cluster.name]
        self._is_cut = asyncio.Event()
        self.names = tuple(self._clusters)
        """The clusters' names, in the order of the settings."""

    def __iter__(self) -> Iterator[Cluster]:
        """Iterate over the clusters, in the order of the settings."""
        return iter(self._clusters.values())

    def get(self, name: str | None) -> Cluster:
        """Return the cluster of this name, the default one for None and "".

        Raises:
            InvalidArgumentError: There is no such cluster.
        """
        if not name:
            return self._default
        if (cluster := self._clusters.get(name)) is None:
            hint = self._hint(name) if self._lists else ""
            raise InvalidArgumentError(CLUSTER, f"expected the name of a configured cluster{hint}")
        return cluster

    def _hint(self, name: str) -> str:
        """Return what may have been meant, to those who may know it."""
        if close := closest(name, self._clusters):
            return f"; did you mean {close[0]}?"
        more = "" if len(self.names) <= _MOST_NAMES else f" and {len(self.names) - _MOST_NAMES} more"
        return f"; there are {', '.join(self.names[:_MOST_NAMES])}{more}"

    def prepare(self, settings: Settings) -> Callable[[], None]:
        """Read credentials and certificates anew; return what puts them to use, for requests that are made from then on.

        Raises:
            SettingsError: A certificate or key cannot be used, or a secret cannot stand in a header.
        """
        context_of = context_factory()
        found = [(cluster.name, _policy(cluster, settings), context_of(cluster)) for cluster in settings.clusters]

        def use() -> None:
            for name, policy, context in found:
                self._clusters[name].adopt(policy)
                if isinstance(carrier := self._carriers[name], NetworkTransport):
                    carrier.trust(context)

        return use

    def cut(self) -> None:
        """End every call at once: UNAVAILABLE, with `applied` for writes. Must be called where an event loop runs."""
        self._is_cut.set()
        for cluster in self:
            cluster.cut()

    async def pause(self, seconds: float) -> None:
        """Wait before a cluster is asked again; not on when calls are cut."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._is_cut.wait()

    async def aclose(self) -> None:
        """Close every connection."""
        for cluster in self:
            await cluster.aclose()
        for carrier in self._carriers.values():
            await carrier.aclose()


def _open(settings: ClusterSettings, context_of: ContextOf) -> Carrier:
    if settings.sandbox:
        raise SettingsError(f"clusters.{settings.name}.sandbox: expected to run where the sandbox is built in")
    return NetworkTransport(tls=context_of(settings), connect_timeout=settings.connect_timeout)


def _policy(settings: ClusterSettings, whole: Settings) -> HeaderPolicy:
    try:
        return HeaderPolicy(settings, whole.forward_headers, largest=whole.limits.forwarded_header_bytes)
    except OSError as error:
        raise SettingsError(f"clusters.{settings.name}: expected a readable file, got {error.filename}") from None


def build_cluster(
    settings: ClusterSettings,
    whole: Settings,
    carrier: Carrier,
    *,
    clock: Callable[[], float] = time.monotonic,
    pick: Pick = random.choice,
) -> Cluster:
    """Return a cluster.

    Args:
        settings: Its settings.
        whole: The settings of the gateway.
        carrier: What carries its requests.
        clock: Seconds from any origin, by which nodes are judged.
        pick: Chooses one of several nodes at random.

    Raises:
        SettingsError: A key or token could not stand in a header.
    """
    limits = whole.limits
    common = Common(throttle=Throttle(clock), usual=Latency(clock), limit=limits.response_bytes, clock=clock)
    nodes = [
        Node(
            url,
            carrier,
            common,
            breaker=Breaker(failures=settings.breaker_failures, seconds=settings.breaker_seconds, clock=clock),
            latency=Latency(clock),
        )
        for url in settings.nodes or ("http://sandbox",)
    ]
    pool = Pool(nodes, common.throttle, pick)
    return Cluster(
        settings,
        pool,
        _policy(settings, whole),
        Detection(_configured(settings), clock),
        Pauses(longest=settings.max_pause, clock=clock),
    )


def _configured(settings: ClusterSettings) -> Product | None:
    """Return the product that the settings name."""
    engine = settings.engine or settings.sandbox
    return Product(engine=Engine(engine), version=settings.version or "") if engine else None
