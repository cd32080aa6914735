"""Runs operations: which engine, which request, which page, and what the family has to add.

    run --> admit --> cluster, product --> encode --> send --> judge --> page --> complete (family) --> Answer

Knows neither face. Everything that goes wrong leaves as a CallError that says where it happened.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from searchway.contract.catalog import Catalog
from searchway.contract.records import Engine as Product
from searchway.contract.records import Operation
from searchway.contract.selection import Selection
from searchway.engine.admission import Admission
from searchway.engine.availability import check_available, depends_on_product
from searchway.engine.call import Call
from searchway.engine.paging import Pager, PageRequest, PageSizes, Pairs
from searchway.engine.telemetry import Telemetry
from searchway.engine.tokens import Tokens
from searchway.errors import CallError, Failure, UpstreamError
from searchway.families import HOOKS
from searchway.families.hooks import Done, Hook
from searchway.settings import Settings
from searchway.transcode import inputs, params
from searchway.transcode.answer import Answer
from searchway.transcode.failures import read_failure
from searchway.transcode.request import encode
from searchway.upstream import Cluster, Clusters
from searchway.wire import HttpRequest, HttpResponse

_PLAIN = Hook()
_FIRST_ERROR = 400


class Engine:
    """Runs operations on clusters."""

    def __init__(self, catalog: Catalog, clusters: Clusters, settings: Settings, telemetry: Telemetry) -> None:
        self._catalog = catalog
        self._clusters = clusters
        self._settings = settings
        self._telemetry = telemetry
        self._admission = Admission(settings.limits.in_flight)
        self._sizes = PageSizes(default=settings.limits.page_size, largest=settings.limits.max_page_size)
        keys = [key.get_secret_value() for key in settings.token_keys]
        self._tokens = Tokens(keys, max_age=settings.token_seconds)

    async def run(self, operation: Operation, message: Any, call: Call, selection: Selection | None = None) -> Answer:
        """Run an operation.

        Args:
            operation: what to run.
            message: its request message.
            call: for whom, where to, until when.
            selection: what is wanted of the answer; None for all of it.

        Raises:
            CallError: anything that kept it from being done, or, for a strict call, from being done as a whole.
        """
        call.cluster = call.cluster or self._settings.default_cluster.name
        with self._telemetry.observe(operation, call), self._admission:
            try:
                return await _Run(self, operation, message, call, selection).answer()
            except CallError as error:
                error.with_context(cluster=call.cluster, operation=operation.name, request_id=call.request_id)
                raise

    async def preview(self, operation: Operation, message: Any, call: Call) -> HttpRequest:
        """Return the request that `run` would send first, without sending it or asking the cluster anything.

        Raises:
            CallError: the message would be refused.
        """
        return await _Run(self, operation, message, call, None).preview()

    # The parts that a run needs, each from the one place that has it.

    def hook(self, operation: Operation) -> Hook:
        """Return what the family adds to the operation."""
        return HOOKS.get(operation.name, _PLAIN)

    def cluster(self, call: Call) -> Cluster:
        """Return the cluster that the call is for."""
        return self._clusters.get(call.cluster)

    def deadline(self, call: Call) -> float:
        """Return when the call must have ended."""
        latest = time.monotonic() + self._settings.timeout
        return (call.deadline if call.deadline is not None else latest) - self._settings.margin

    def pager(self, operation: Operation, cluster: str, message: Any) -> Pager:
        """Return what fetches pages of the list."""
        return Pager(operation, self._tokens.of(operation, cluster, message), self._sizes)

    def operation(self, name: str) -> Operation:
        """Return an operation by name."""
        return self._catalog.operation(name)


class _Run:
    """One call on its way."""

    def __init__(
        self, engine: Engine, operation: Operation, message: Any, call: Call, selection: Selection | None
    ) -> None:
        self._engine = engine
        self._operation = operation
        self._hook = engine.hook(operation)
        self._message = message
        self._call = call
        self._selection = selection
        self._cluster = engine.cluster(call)
        self._deadline = engine.deadline(call)
        self._product: Product | None = None

    async def preview(self) -> HttpRequest:
        known = self._cluster.product
        self._product = known.engine if known else None
        return self._request(self._pager().first_pairs(PageRequest.of(self._message)) if self._operation.paging else ())

    async def answer(self) -> Answer:
        await self._find_product()
        answer = await self._fetch()
        answer.keys = params.request_keys(self._operation.request, self._message)
        await self._complete(answer)
        return answer

    async def _find_product(self) -> None:
        """Find out what the cluster is, if that matters to the operation; not knowing it refuses nothing."""
        known = self._cluster.product
        if known is None and depends_on_product(self._operation):
            # Refused input must not cause a request, not even this one.
            self._request(())
            known = await self._cluster.detect(self._call.headers, self._deadline)
        if known is not None:
            self._product = known.engine
            check_available(self._operation, known)

    def _request(self, more_query: Pairs) -> HttpRequest:
        return encode(
            self._operation,
            self._hook.prepare(self._message),
            engine=self._product,
            selection=self._selection,
            more_query=more_query,
        )

    async def _fetch(self) -> Answer:
        if self._operation.paging is None:
            return Answer(bodies=(await self._body(()),))
        return await self._pager().fetch(PageRequest.of(self._message), self._body)

    def _pager(self) -> Pager:
        return self._engine.pager(self._operation, self._cluster.name, self._message)

    async def _body(self, more_query: Pairs) -> bytes:
        request = self._request(more_query)
        response = await self._cluster.send(
            request,
            retry=self._operation.retry,
            headers={**self._call.headers, "x-opaque-id": self._call.request_id},
            deadline=self._deadline,
        )
        self._note(response)
        if response.status >= _FIRST_ERROR:
            raise read_failure(self._operation, response)
        return response.body

    def _note(self, response: HttpResponse) -> None:
        self._call.upstream_calls += 1
        if warning := response.headers.get("warning"):
            self._call.warnings.append(warning)

    async def _complete(self, answer: Answer) -> None:
        done = Done(operation=self._operation, message=self._message, body=answer.bodies[0], follow=self._follow)
        outcome = await self._hook.complete(done)
        answer.failures = tuple(self._located(failure) for failure in outcome.failures)
        if answer.failures and (self._call.strict or getattr(self._message, "strict", False)):
            raise _partly_done(answer.failures)
        answer.local = {**(outcome.local or {}), "failures": [failure.document() for failure in answer.failures]}

    def _located(self, failure: Failure) -> Failure:
        where = {"cluster": self._cluster.name, "operation": self._operation.name, "request_id": self._call.request_id}
        return UpstreamError(failure).with_context(**where).failure

    async def _follow(self, name: str, values: Mapping[str, Any]) -> Sequence[Failure]:
        operation = self._engine.operation(name)
        message = inputs.build(operation.request, values)
        answer = await _Run(self._engine, operation, message, self._call, None).answer()
        return answer.failures


def _partly_done(failures: Sequence[Failure]) -> UpstreamError:
    """Make the error of a strict call out of its first failed item."""
    first = failures[0]
    more = f" (and {len(failures) - 1} more items failed)" if len(failures) > 1 else ""
    return UpstreamError(replace(first, message=f"{first.item}: {first.message}{more}"))
