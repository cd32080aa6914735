"""One call on its way: product, request, page, and what the family has to add.

    product --> request --+--> alone ----------------+--> judge --> page --> complete (family) --> Answer
                          +--> a flight (same read) -+
                          +--> a batch (same kind) --+

Everything here is for one caller; what callers share stands in `Parts`.
"""

import asyncio
import time
from collections.abc import Awaitable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from searchway.contract.catalog import Catalog
from searchway.contract.records import Engine as Product
from searchway.contract.records import Operation, Pages
from searchway.contract.selection import Selection
from searchway.engine.availability import (
    check_available,
    check_fields,
    depends_on_product,
    has_paths_of_products,
    restricted_fields,
)
from searchway.engine.call import Call
from searchway.engine.flights import FlightKey, Flights
from searchway.engine.merging import Merger, own_answer
from searchway.engine.paging import PAGE_FIELDS, Pager, PageRequest, PageSizes, Pairs
from searchway.engine.reading import Reading, split_beside
from searchway.engine.records import SentRequest
from searchway.engine.sharing import Sharing
from searchway.engine.telemetry import Telemetry
from searchway.engine.tokens import Tokens
from searchway.engine.writing import Writing, is_large
from searchway.errors import Applied, CallError, Code, Failure, TransportError, UpstreamError
from searchway.families import HOOKS
from searchway.families.documents import read_members
from searchway.families.hooks import Done, Hook, Outcome
from searchway.settings import Settings
from searchway.transcode import inputs, params
from searchway.transcode.answer import CLUSTER, UNREADABLE, Answer, malformed
from searchway.transcode.expected import expected
from searchway.transcode.failures import may_repeat, read_failure
from searchway.transcode.redaction import hide_user
from searchway.transcode.request import encode
from searchway.transcode.searchbody import add_members
from searchway.upstream import Clusters
from searchway.upstream import Product as ClusterProduct
from searchway.vocabulary import REQUEST_ID
from searchway.wire import HttpRequest, HttpResponse

_PLAIN = Hook()
_FIRST_OTHER = 300
_WAITED = "the time of the call was over before it was sent: it waited for earlier requests"
_UNKNOWN_ENGINE = "the cluster did not tell this caller what it runs, on which the path depends: the cluster's setting `engine` decides it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What all runs of a gateway have in common."""

    settings: Settings
    """The settings."""
    catalog: Catalog
    """The operations."""
    clusters: Clusters
    """The clusters."""
    tokens: Tokens
    """Who signs page tokens."""
    sizes: PageSizes
    """The bounds of a page."""
    sharing: Sharing
    """What may share requests."""
    flights: Flights
    """The reads in flight."""
    merger: Merger
    """Who joins calls."""
    reading: Reading
    """Who reads answers."""
    writing: Writing
    """Who encodes requests."""
    telemetry: Telemetry
    """Told of each request to a cluster."""

    def deadline(self, asked: float | None) -> float:
        """Return when a call must have ended, by time.monotonic(): as asked, within bounds, or after the default time, less a margin."""
        now, settings = time.monotonic(), self.settings
        latest = now + settings.timeout if asked is None else min(asked, now + settings.max_timeout)
        return latest - settings.margin


class Run:
    """One call of an operation."""

    def __init__(
        self, parts: Parts, operation: Operation, message: Any, call: Call, selection: Selection | None
    ) -> None:
        self.parts = parts
        self.operation = operation
        self.message = message
        self.call = call
        self.cluster = parts.clusters.get(call.cluster)
        self.selection = selection
        self._hook = HOOKS.get(operation.name, _PLAIN)
        self._product: Product | None = None
        self._deadline = parts.deadline(call.deadline)
        self._applied: Applied | None = None
        self._is_large = is_large(message)
        self._whole: tuple[tuple[Product | None, Pairs], HttpRequest] | None = None
        self.is_sent = False
        self.carries: Sequence[Run] = ()
        self.headers_of = call
        self._sending: HttpRequest | None = None
        self._noted: SentRequest | None = None

    async def answer(self) -> Answer:
        """Carry it out.

        Raises:
            CallError: it failed.
        """
        await self.parts.writing.check_weight(self.message, self.parts.settings.limits.message_values)
        await self._find_product()
        answer = await self._fetch()
        self._applied = (
            Applied.YES if self._hook is _PLAIN else Applied.UNKNOWN
        )  # a hook is there because success may not be it
        answer.keys = self._keys()
        await self._complete(answer)
        return answer

    def _keys(self) -> Mapping[str, str]:
        given = params.request_keys(self.operation.request, self.message) if self.operation.has_given_keys else {}
        return {CLUSTER: self.cluster.name, **given}

    @property
    def applied(self) -> Applied:
        """What is known of a write by now, for an error that does not say it."""
        return self._applied or (Applied.UNKNOWN if self.is_sent else Applied.NO)

    def preview(self) -> HttpRequest:
        """Return the request that would be sent first.

        Raises:
            CallError: the message would be refused, or the product, as far as it is known, does not have the operation.
        """
        self._settle(self.cluster.product, self._needed())
        if self.operation.paging is None:
            return self._request(self.selection, ())
        pairs = self._pager().first_pairs(self._page())
        if self._is_sorted:
            if pairs:
                self._request(None, ())  # what is refused anyhow is told first
            paged: Run = self._with_members(pairs)
            return paged._request(self.selection, ())
        return self._request(self.selection, pairs)

    async def send(
        self, selection: Selection | None = None, more_query: Pairs = (), *, deadline: float | None = None
    ) -> HttpResponse:
        """Send the call's own request and return the answer.

        Args:
            selection: what is needed of the answer.
            more_query: pairs that paging adds.
            deadline: when it must be answered; the latest that the call allows if nothing is said, for a request that
                several callers share.

        Raises:
            CallError: it failed.
        """
        headers_of = self.headers_of
        headers = {**headers_of.headers, REQUEST_ID: headers_of.request_id}
        request = self._sending = await self._encode(selection, more_query)
        end = self.latest if deadline is None else deadline
        try:
            response = await self.cluster.send(
                request, retry=self.operation.retry, headers=headers, deadline=end, watcher=self
            )
        finally:
            if not self.operation.read_only:
                self.parts.flights.close(self.cluster.name)
        if response.status >= _FIRST_OTHER:  # a redirect is no answer either: something stands before the cluster
            raise self._explained(read_failure(self.operation, self._without_user(response)))
        if not self.operation.read_only:  # what is read may hold documents, which are nobody's to change
            response = self._without_user(response)
        if not self.operation.is_list_of_one:
            return response
        return await split_beside(response.body, own_answer, self.operation, self.message, response)

    def _explained(self, error: CallError) -> CallError:
        """Say it if the engine may have the operation under a path that was not known to be the right one."""
        if error.code is Code.UNIMPLEMENTED and self._product is None and has_paths_of_products(self.operation):
            message = f"{error.failure.message}; {_UNKNOWN_ENGINE}"
            error.failure = replace(error.failure, message=message)
        return error

    def _without_user(self, response: HttpResponse) -> HttpResponse:
        """Return an error without the name of the gateway's own user, which is no caller's business."""
        user = self.cluster.user(self.call.headers)
        return replace(response, body=hide_user(response.body, user)) if user else response

    @property
    def principal(self) -> Hashable:
        """Whom it slows if the cluster asks for patience."""
        return self.call.principal

    @property
    def identity(self) -> bytes:
        """A digest of what the cluster can tell the caller by."""
        known = self.call.principal
        return known if isinstance(known, bytes) else self.cluster.identity(self.call.headers)

    @property
    def latest(self) -> float:
        """When the call's own time and that of the gateway are both over, by time.monotonic()."""
        return max(self._deadline, self.parts.deadline(None))

    def beside(self, operation: Operation, message: Any) -> "Run":
        """Return a run of another operation for the same caller."""
        other = Run(self.parts, operation, message, self.call, None)
        other._product = self._product
        return other

    @property
    def prepared(self) -> Any:
        """The message as it is sent, after the family's hand."""
        return self._hook.prepare(self.message)

    async def _find_product(self) -> None:
        """Find out what the cluster is, if that matters to the operation.

        Where it would not say it to the caller, nothing is refused, and the path is that of the operation's first engine. Where it
        could not be asked and the path depends on it, the call fails, since it would end in a path that is not there.
        """
        known = self.cluster.product
        needed = self._needed()
        if any(map(depends_on_product, needed.values())) or self._is_restricted:
            if known is None:
                await self._check()  # refused input must not cause a request, not even this one
            known = await self._detect(must_know=any(map(has_paths_of_products, needed.values())))
        self._settle(known, needed)

    async def _detect(self, *, must_know: bool) -> ClusterProduct | None:
        try:
            return await self.cluster.detect(self.call.headers, self._deadline, must_know=must_know)
        except TransportError as error:
            applied = Applied.UNSPECIFIED if self.operation.read_only else Applied.NO
            error.failure = replace(error.failure, applied=applied)  # of a write nothing was sent yet
            raise

    def _settle(self, known: ClusterProduct | None, needed: Mapping[str, Operation]) -> None:
        """Keep what the cluster is; refuse what that certainly does not have."""
        if known is not None:
            self._product = known.engine
            for field, operation in needed.items():
                check_available(operation, known, field, has_others=self._has_others)
            if self.operation.is_restricted:
                check_fields(self.operation, self.message, known, has_others=self._has_others)

    @property
    def _is_restricted(self) -> bool:
        """Whether something is given that not every engine takes."""
        return self.operation.is_restricted and any(restricted_fields(self.operation.request, self.message))

    @property
    def _has_others(self) -> bool:
        return len(self.parts.clusters.names) > 1

    def _needed(self) -> Mapping[str, Operation]:
        """Return what the cluster must have, by the field of the message that asks for it."""
        if self._hook is _PLAIN:
            return {"": self.operation}
        needs = self._hook.needs(self.message).items()
        return {"": self.operation, **{field: self.parts.catalog.operation(name) for field, name in needs}}

    async def _check(self) -> None:
        """Refuse what must not be sent."""
        await self._encode(None, ())

    async def _encode(self, selection: Selection | None, more_query: Pairs) -> HttpRequest:
        """Return the request, made beside the event loop if the message is large."""
        if not self._is_large:
            return self._request(selection, more_query)
        return await self.parts.writing.write(self.message, partial(self._request, selection, more_query))

    def _request(self, selection: Selection | None, more_query: Pairs) -> HttpRequest:
        """Return the request; that for the whole answer, which is compared with others as well as sent, is made once."""
        which = (self._product, more_query) if selection is None else None
        if which is not None and self._whole is not None and self._whole[0] == which:
            return self._whole[1]
        request = encode(
            self.operation,
            self.prepared,
            engine=self._product,
            selection=selection,
            more_query=more_query,
        )
        if which is not None:
            self._whole = (which, request)
        return request

    async def _fetch(self) -> Answer:
        if self.operation.paging is None:
            return Answer(bodies=(await self._body(()),))
        fetch = self._sorted_body if self._is_sorted else self._body
        return await self._pager().fetch(self._page(), fetch)

    def _page(self) -> PageRequest:
        return self.call.page or PageRequest.of(self.message)

    @property
    def _is_sorted(self) -> bool:
        return self.operation.paging is not None and self.operation.paging.pages is Pages.SORT

    async def _sorted_body(self, members: Pairs) -> bytes:
        if members:
            await self._check()  # what is refused anyhow is told first
        paged: Run = self._with_members(members)
        return await paged._body(())

    def _with_members(self, members: Pairs) -> "Run":
        """Return the run whose message has more members in the JSON that says how items are sorted."""
        if not members:
            return self
        assert self.operation.paging is not None  # noqa: S101  # only pages add members
        self._hook.check_pages(self.message)
        message = type(self.message)()
        message.CopyFrom(self.message)
        for name in PAGE_FIELDS:  # said by the members now; searches for pages of different sizes may share a request
            message.ClearField(name)
        body = getattr(message, self.operation.paging.body)
        body.text = add_members(body.text, members)
        other = Run(self.parts, self.operation, message, self.call, self.selection)
        other._product = self._product
        return other

    def _pager(self) -> Pager:
        tokens = self.parts.tokens.of(self.operation, self.cluster.name, self.message)
        return Pager(self.operation, tokens, self.parts.sizes)

    async def _body(self, more_query: Pairs) -> bytes:
        response = await self._respond(more_query)
        if warning := response.headers.get("warning"):
            self.call.warnings.append(warning)
        return response.body

    async def _respond(self, more_query: Pairs) -> HttpResponse:
        """Get the answer in the cheapest way that is allowed."""
        sharing, operation = self.parts.sharing, self.operation
        large = self._is_large
        joins = self.parts.merger.takes(self)
        if not joins:
            self.call.settle()
        if operation.read_only and not large and sharing.shares(operation.name):
            return await self._in_time(self._share(more_query, joins=joins))
        if joins:
            if operation.read_only or not large:  # else it has a batch of its own, in the order of writes
                await self._check()  # what is refused must not get into a batch
            return await self._in_time(self.parts.merger.join(self))
        return await self.send(self.selection, more_query, deadline=self._deadline)

    async def _share(self, more_query: Pairs, *, joins: bool) -> HttpResponse:
        whole = self._request(None, more_query)
        key = FlightKey(self.cluster.name, self.operation.name, self.identity, whole.values)
        if joins:
            return await self.parts.flights.join(key, self.call, None, self._join_for)
        send = partial(self._send_for, more_query=more_query)
        return await self.parts.flights.join(key, self.call, self.selection, send)

    async def _join_for(self, _whole: Selection | None, headers_of: Call) -> HttpResponse:
        self.headers_of = headers_of
        return await self.parts.merger.join(self)

    async def _send_for(self, selection: Selection | None, headers_of: Call, *, more_query: Pairs) -> HttpResponse:
        self.headers_of = headers_of
        return await self.send(selection, more_query)

    async def _in_time(self, shared: Awaitable[HttpResponse]) -> HttpResponse:
        """Wait for a request that runs on the gateway's time, within the caller's own."""
        if self.operation.read_only and self.call.deadline is None:
            return await shared  # the gateway's time ends first
        try:
            async with asyncio.timeout(self._deadline - time.monotonic()):
                return await shared
        except TimeoutError:
            raise self._late() from None

    def _late(self) -> TransportError:
        reads, sent = self.operation.read_only, self.is_sent
        applied = Applied.UNSPECIFIED if reads else Applied.UNKNOWN if sent else Applied.NO
        message = "the cluster did not answer in time" if reads or sent else _WAITED
        failure = Failure(code=Code.DEADLINE_EXCEEDED, message=message, retryable=reads or not sent, applied=applied)
        return TransportError(failure)

    def sent(self) -> None:
        """Count a request to the cluster."""
        self.is_sent = True
        for run in self.carries:
            run.is_sent = True
        self.call.upstream_calls += 1
        self._note()
        self.parts.telemetry.sent(self.operation, self.cluster.name)

    def answered(self, status: int, seconds: float) -> None:
        """Count how it ended."""
        if self._noted is not None:
            self._noted.status, self._noted.seconds = status, seconds
        self.parts.telemetry.answered(self.cluster.name, status, seconds)

    def _note(self) -> None:
        """Note the request that goes out for a caller who wants to see it."""
        record = self.call.record
        if record is not None and self._sending is not None:
            others = (run.call.record for run in self.carries)
            is_shared = any(other is None or other.owner is not record.owner for other in others)
            self._noted = record.sent(self._sending, is_shared=is_shared)

    async def _complete(self, answer: Answer) -> None:
        if self._hook is _PLAIN:
            return
        done = Done(operation=self.operation, message=self.message, body=answer.bodies[0], follow=self._follow)
        try:
            outcome = await self.parts.reading.run(len(done.body), partial(self._read_outcome, done))
            outcome = await self._hook.follow(done, outcome)
        except UNREADABLE as error:
            raise malformed(error) from error
        self._applied = Applied.YES
        if outcome.failures:
            self._applied = Applied.PART if outcome.is_applied else Applied.NO
        answer.local = outcome.local or {}
        answer.report = partial(self._report, answer)
        report = partial(answer.report, outcome.failures)
        await self.parts.reading.run(len(done.body), report, len(outcome.failures))

    def _read_outcome(self, done: Done) -> Outcome:
        if not self.operation.read_only:  # what follows a write must not follow an answer that is not the engine's
            expected(self.operation.response).check(read_members(done.body))
        return self._hook.read(done)

    def _report(self, answer: Answer, failures: Sequence[Failure]) -> None:
        """Add the items that failed to an answer; of a strict call they are its error."""
        located = [self._located(failure) for failure in failures]
        answer.failures = (*answer.failures, *located)
        if answer.failures and (self.call.strict or getattr(self.message, "strict", False)):
            raise self._partly_done(answer.failures)
        told = answer.local.get("failures", ())
        answer.local = {**answer.local, "failures": [*told, *(failure.document() for failure in located)]}

    def _located(self, failure: Failure) -> Failure:
        located = UpstreamError(failure).with_context(
            cluster=self.cluster.name, operation=self.operation.name, request_id=self.call.request_id
        )
        return located.failure

    async def _follow(self, name: str, values: Mapping[str, Any]) -> Sequence[Failure]:
        operation = self.parts.catalog.operation(name)
        message = inputs.build(operation.request, values)
        run = Run(self.parts, operation, message, self.call, None)
        try:
            return (await run.answer()).failures
        except CallError as error:
            raise self.call.place(error, operation, run.applied) from None

    def _partly_done(self, failures: Sequence[Failure]) -> UpstreamError:
        """Make the error of a strict call out of its first failed item."""
        first, operation = failures[0], self.operation
        more = f" (and {len(failures) - 1} more items failed)" if len(failures) > 1 else ""
        partly = replace(
            first,
            message=f"{first.item}: {first.message}{more}",
            operation=operation.name,  # the item may be of one that followed
            retryable=first.retryable and may_repeat(operation, self.applied),
            applied=Applied.UNSPECIFIED if operation.read_only else self.applied,
        )
        return UpstreamError(partly)
