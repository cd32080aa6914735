"""Merging of calls by what the contract says of them: N calls of an operation into one that takes a list.

How the members' messages become one follows from the proto files: the list's entries take the fields that they have in common with the
member, the rest are options, which must be equal. How the answer is taken apart again is the family's (`families.joins`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol, Self

from searchway.contract.catalog import Catalog
from searchway.contract.records import Field, Operation, Role, Shape
from searchway.contract.selection import Selection
from searchway.engine.availability import is_available
from searchway.engine.batches import Joining, Part
from searchway.engine.call import Call
from searchway.engine.joins import Joins
from searchway.engine.reading import split_beside
from searchway.engine.sharing import Sharing
from searchway.engine.tracing import shared_call
from searchway.engine.writing import is_large
from searchway.errors import Applied, CallError, Code, MalformedAnswerError
from searchway.families.joins import JOINS, Join
from searchway.upstream import Cluster, Product
from searchway.wire import HttpResponse


class Member(Protocol):
    """A call that may be merged."""

    operation: Operation
    message: Any
    call: Call
    cluster: Cluster

    @property
    def identity(self) -> bytes:
        """A digest of what the cluster can tell the caller by."""
        ...

    @property
    def prepared(self) -> Any:
        """The message as it is sent."""
        ...

    headers_of: Call
    """The call whose headers its request has."""
    carries: Sequence[Self]
    """The calls that its request carries beside its own."""

    @property
    def latest(self) -> float:
        """When the last of its time is over, by time.monotonic()."""
        ...

    async def send(self, selection: Selection | None = None, *, deadline: float | None = None) -> HttpResponse:
        """Send the call alone."""
        ...

    def beside(self, operation: Operation, message: Any) -> Self:
        """Return a call of another operation for the same caller."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """The operation that takes many, seen from one that takes one."""

    operation: Operation
    """The operation."""
    items: Field
    """Its list."""
    own: tuple[str, ...]
    """The fields of the member that become an entry, or the list itself where both take one."""
    options: tuple[str, ...]
    """The fields that must be equal."""

    def merge(self, messages: Sequence[Any]) -> Any:
        """Return one message for all."""
        merged = self.operation.request.cls()
        copy_fields(self.options, messages[0], merged)
        entries = getattr(merged, self.items.name)
        if self.items.name not in self.own:
            for message in messages:
                copy_fields(self.own, message, entries.add())
        else:
            joined = [entry for message in messages for entry in getattr(message, self.items.name)]
            entries.extend(joined if self.items.shape else dict.fromkeys(joined))  # a name needs to be asked for once
        return merged

    def options_of(self, message: Any) -> bytes:
        """Return what must be equal, as bytes."""
        options = type(message)()
        copy_fields(self.options, message, options)
        return bytes(options.SerializeToString(deterministic=True))


class Merger:
    """Decides which calls are merged, and merges them."""

    def __init__(self, catalog: Catalog, sharing: Sharing, joins: Joins) -> None:
        self._catalog = catalog
        self._sharing = sharing
        self._joins = joins
        self._lacking: set[tuple[str, str, Product | None]] = set()

    def takes(self, member: Member) -> bool:
        """Tell whether the call may share a request."""
        operation, join = member.operation, JOINS.get(member.operation.name)
        return join is not None and self._sharing.joins(operation.name) and join.takes(operation, member.message)

    async def join(self, member: Member) -> HttpResponse:
        """Return the answer that the call gets.

        Raises:
            CallError: the call failed, or the request that it shared.
        """
        operation, message = member.operation, member.message
        target, join = self._target(operation), JOINS[operation.name]
        joining = Joining(
            together=(lambda members: self._send(target, join, members))
            if self._can(operation, member.cluster)
            else None,
            alone=_send_alone,
            thing=join.thing(message),
            owner=member.call.principal,
            size=_size(join, operation, message),
            bound=join.bound,
            most=self._sharing.size(operation.name),
            window=self._sharing.window(operation.name),
            expected=member.call.expected,
        )
        where = (member.cluster.name, operation.name)
        options = (member.identity, target.options_of(message))
        return await self._joins.join(where, options, member, joining)

    def joins(self, operation: Operation, cluster: Cluster) -> bool:
        """Tell whether calls of an operation can become one request to the cluster, as far as is known."""
        return operation.name in JOINS and self._sharing.joins(operation.name) and self._can(operation, cluster)

    def _can(self, operation: Operation, cluster: Cluster) -> bool:
        """Tell whether the cluster has what takes many."""
        known = cluster.product
        if (cluster.name, operation.name, known) in self._lacking:
            return False
        return known is None or is_available(self._target(operation).operation, known)

    async def _send(self, target: Target, join: Join, members: Sequence[Member]) -> Sequence[Part]:
        first, messages = members[0], [member.prepared for member in members]
        merged = first.beside(target.operation, target.merge(messages))
        merged.carries = members
        merged.headers_of = shared_call([member.headers_of for member in members])
        for member in members:
            member.headers_of.sent_as = merged.headers_of.request_id
        try:
            response = await merged.send(deadline=max(member.latest for member in members))
            parts = await split_beside(response.body, _take_apart, join, first.operation, messages, response.body)
        except CallError as error:
            if error.code is Code.UNIMPLEMENTED:
                self._lacking.add((first.cluster.name, first.operation.name, first.cluster.product))
            error.failure = replace(error.failure, operation=first.operation.name)  # what they called
            raise
        self._sharing.joined(first.operation.name, sum(part is not None for part in parts))
        return [replace(response, body=part) if isinstance(part, bytes) else part for part in parts]

    def _target(self, operation: Operation) -> Target:
        return _target(self._catalog.operation, operation)


def _size(join: Join, operation: Operation, message: Any) -> int:
    """Return how much of the bound the call takes: all of it, so that it goes alone, if it is a write too large to be checked on the loop."""
    size = join.size(message)
    return max(size, join.bound) if is_large(message) and not operation.read_only else size


def _take_apart(
    join: Join, operation: Operation, messages: Sequence[Any], body: bytes
) -> Sequence[bytes | CallError | None]:
    """Return the members' parts. If an answer cannot be split, it is attributed to no member: reads are sent again, each alone."""
    try:
        return join.split(operation, messages, body)
    except MalformedAnswerError as error:
        if operation.read_only:
            return [None for _ in messages]
        error.with_context(applied=Applied.UNKNOWN)  # success does not say that each of them was carried out
        raise


async def _send_alone(member: Member) -> HttpResponse:
    member.headers_of.sent_as = ""  # also after a joined request, which did not answer it
    return await member.send()


@cache
def _target(find: Callable[[str], Operation], operation: Operation) -> Target:
    batch = operation.batch
    assert batch is not None  # noqa: S101  # families join what the contract says can be
    into = find(f"{operation.family}.{batch.into}") if batch.into else operation
    items = into.request.by_name[batch.field]
    common = [f.name for f in items.shape.fields if f.name in operation.request.by_name] if items.shape else []
    own = tuple(common) if into is not operation else (items.name,)
    return Target(into, items, own, _options(operation.request, into.request, own))


def _options(member: Shape, target: Shape, own: tuple[str, ...]) -> tuple[str, ...]:
    options = tuple(f.name for f in member.fields if f.role is not Role.LOCAL and f.name not in own)
    assert target.by_name.keys() >= set(options)  # noqa: S101  # else joining would lose an option
    return options


def own_answer(operation: Operation, message: Any, response: HttpResponse) -> HttpResponse:
    """Return the call's own answer: all of it, or the only entry of a list of one.

    Raises:
        CallError: the entry is an error.
    """
    if not operation.is_list_of_one:
        return response
    (part,) = JOINS[operation.name].split(operation, [message], response.body)
    if isinstance(part, CallError):
        raise part
    return replace(response, body=part or b"")


def copy_fields(names: Sequence[str], source: Any, target: Any) -> None:
    """Copy the named fields that are given from one message to another that has them as well."""
    for descriptor, value in source.ListFields():
        if descriptor.name not in names:
            continue
        if descriptor.message_type is not None and not descriptor.is_repeated:
            getattr(target, descriptor.name).CopyFrom(value)
        elif descriptor.is_repeated:
            getattr(target, descriptor.name).extend(value)
        else:
            setattr(target, descriptor.name, value)
