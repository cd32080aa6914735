"""Runs operations, for both faces and the command line. Everything that goes wrong leaves as a CallError that says where it happened."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

from searchway.contract.catalog import Catalog
from searchway.contract.records import Form, Operation
from searchway.contract.selection import Selection
from searchway.engine.admission import Admission, Queueing
from searchway.engine.call import Call, Face
from searchway.engine.flights import Flights
from searchway.engine.joins import Joins
from searchway.engine.listing import ClusterState, list_clusters
from searchway.engine.merging import Merger
from searchway.engine.occupancy import Bounds
from searchway.engine.paging import PageSizes
from searchway.engine.reading import Reading, is_small
from searchway.engine.run import Parts, Run
from searchway.engine.sharing import Sharing
from searchway.engine.streaming import open_stream, paged_run
from searchway.engine.telemetry import Telemetry
from searchway.engine.tokens import Tokens
from searchway.engine.writing import Writing
from searchway.errors import Applied, CallError, Code
from searchway.settings import LimitSettings, Settings
from searchway.transcode.answer import Read
from searchway.transcode.redaction import keep_private
from searchway.upstream import Cluster, Clusters
from searchway.wire import HttpRequest

_T = TypeVar("_T")


class Engine:
    """Runs operations on clusters."""

    def __init__(self, catalog: Catalog, clusters: Clusters, settings: Settings, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._reading = Reading()
        keep_private(host for cluster in settings.clusters for host in cluster.hosts)
        for cluster in clusters:
            telemetry.watch(cluster.name, cluster.ejected)
        limits = settings.limits
        self._admission = Admission(
            _bounds(settings), Queueing(calls=limits.queue_calls, seconds=limits.queue_seconds), telemetry
        )
        self._streams = Admission(
            _stream_bounds(limits), Queueing(), telemetry
        )  # for which waiting has no end to wait for
        telemetry.watch_queue(lambda: self._admission.queued)
        sharing = Sharing(settings.batching, catalog, telemetry)
        keys = [key.get_secret_value() for key in settings.token_keys]
        self._parts = Parts(
            settings=settings,
            catalog=catalog,
            clusters=clusters,
            tokens=Tokens(keys, max_age=settings.token_seconds),
            sizes=PageSizes(default=limits.page_size, largest=limits.max_page_size),
            sharing=sharing,
            flights=Flights(sharing.window, sharing.boarded),
            merger=Merger(catalog, sharing, Joins()),
            reading=self._reading,
            writing=Writing(),
            telemetry=telemetry,
        )

    async def run(
        self, operation: Operation, message: Any, call: Call, read: Read[_T], selection: Selection | None = None
    ) -> _T:
        """Run an operation and return what is read of the answer.

        Args:
            operation: what to run.
            message: its request message.
            call: for whom, where to, until when.
            read: reads the answer, with a reader of the operation and the selection: a part of the call, since it can fail.
            selection: what is wanted of the answer; None for all of it.

        Raises:
            CallError: anything that kept it from being done, or, for a strict call, from being done as a whole.
        """
        with self._telemetry.observe(operation, call):
            run: Run | None = None
            try:
                cluster = self._find_cluster(operation, call)
                await self._admission.enter(cluster.name, operation, call)
                try:
                    run = Run(self._parts, operation, message, call, selection)
                    answer = await run.answer()
                    if is_small(answer):  # as most are: nothing is waited for
                        return read(answer)
                    return await self._reading.read(read, answer, is_table=operation.form is Form.TABLE)
                finally:
                    self._admission.leave(cluster.name, call)
            except CallError as error:
                call.place(error, operation, run.applied if run else Applied.NO)
                raise

    async def stream(
        self, operation: Operation, message: Any, call: Call, read: Read[_T], selection: Selection | None = None
    ) -> AsyncGenerator[_T, None]:
        """Run a streaming operation: yield what is read of each message, made when it is asked for.

        Close the stream to end it early, with `contextlib.aclosing`.

        Args:
            operation: what to run.
            message: its request message.
            call: for whom, where to, until when; without a deadline the stream goes on until it ends or is closed.
            read: reads a message, with a reader of the operation and the selection.
            selection: what is wanted of each message; None for all of it.

        Raises:
            CallError: anything that kept it from beginning or going on.
        """
        with self._telemetry.observe(operation, call):
            applied = Applied.NO
            try:
                cluster = self._find_cluster(operation, call)
                await self._streams.enter(cluster.name, operation, call)
                applied = Applied.UNKNOWN
                try:
                    async with aclosing(open_stream(self._parts, operation, message, call, selection)) as answers:
                        async for answer in answers:
                            yield await self._reading.read(read, answer)
                finally:
                    self._streams.leave(cluster.name, call)
            except CallError as error:
                error.failure = replace(error.failure, operation=operation.name)  # what was called, not what that took
                call.place(error, operation, applied)
                raise

    def refused(self, face: Face, code: Code, request_id: str, operation: str = "") -> None:
        """Note that a face refused a request before it became a call, which nobody else would know of.

        Args:
            face: the face.
            code: the code that its caller gets.
            request_id: the identifier that its caller gets.
            operation: the operation that was asked for; empty where it is not known.
        """
        self._telemetry.refused(face, code, request_id, operation)

    def _find_cluster(self, operation: Operation, call: Call) -> Cluster:
        """Name the cluster and the principal of the call, and check what goes on; a name that there is not goes nowhere, since it may be anything."""
        asked, call.cluster = call.cluster, None
        cluster = self._parts.clusters.get(asked)
        call.cluster = cluster.name
        cluster.check(call.headers)
        call.principal = cluster.identity(call.headers) if cluster.sees_caller(call.headers) else call.peer
        cluster.check_pause(call.principal, operation.retry)
        return cluster

    async def clusters(self, deadline: float | None) -> Sequence[ClusterState]:
        """Return the clusters with their states, as the probes found them or by asking all at the same time.

        Args:
            deadline: when the answer must be there, by time.monotonic(); None if the caller does not say.

        Raises:
            CallError: PERMISSION_DENIED, callers may not know them.
        """
        settings = self._parts.settings
        return await list_clusters(
            self._parts.clusters,
            self._parts.deadline(deadline),
            allowed=settings.list_clusters,
            fresh=2 * settings.probe_seconds,  # a probe itself takes a while
        )

    def cluster_name(self, name: str | None) -> str:
        """Return the name of the cluster that a call with this name, or without one, goes to; one that is not configured stays."""
        return name or self._parts.settings.default_cluster.name

    def has_cluster(self, name: str) -> bool:
        """Tell whether a cluster of this name is configured."""
        return name in self._parts.clusters.names

    def together(self, operation: Operation, call: Call) -> int:
        """Return how many calls of an operation, made at the same time, can become one request; 1 if each is sent by itself.

        Args:
            operation: the operation of all of them.
            call: for whom and where to.
        """
        settings = self._parts.settings
        try:
            cluster = self._parts.clusters.get(call.cluster or settings.default_cluster.name)
        except CallError:
            return 1  # `run` tells each of them
        if not self._parts.merger.joins(operation, cluster):
            return 1
        bounds = _bounds(settings)
        return min(self._parts.sharing.size(operation.name), bounds.all, bounds.cluster, bounds.principal)

    def preview(self, operation: Operation, message: Any, call: Call) -> HttpRequest:
        """Return the request that `run` would send first, without sending it or asking the cluster anything.

        Raises:
            CallError: the message would be refused.
        """
        run = paged_run if operation.stream_of else Run
        return run(self._parts, operation, message, call, None).preview()


def _bounds(settings: Settings) -> Bounds:
    limits = settings.limits
    # A single cluster has all slots: there is no other one to keep some for.
    cluster = limits.in_flight_per_cluster if len(settings.clusters) > 1 else limits.in_flight
    return Bounds(all=limits.in_flight, cluster=cluster, principal=limits.in_flight_per_principal)


def _stream_bounds(limits: LimitSettings) -> Bounds:
    most = limits.streams
    return Bounds(all=most, cluster=most, principal=limits.streams_per_principal, setting="streams")
