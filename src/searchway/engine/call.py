"""One call of an operation, as a face hands it over: for whom, where to, until when."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from searchway.contract.records import Operation
from searchway.engine.cohorts import Expected
from searchway.engine.paging import PageRequest
from searchway.engine.records import CallRecord
from searchway.errors import Applied, CallError

Face = Literal["grpc", "graphql", "cli"]


@dataclass(slots=True, kw_only=True)
class Call:
    """The circumstances of a call, and what became of it."""

    face: Face
    """The face that took it."""
    request_id: str
    """The identifier under which it is logged and the cluster sees it."""
    cluster: str | None = None
    """The cluster it is for; None for the default one."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The headers or metadata that the face received, names in lower case. They may hold credentials."""
    deadline: float | None = None
    """When it must have ended, by time.monotonic(); None if the caller does not say."""
    strict: bool = False
    """Whether work that is done only in part is an error."""
    peer: str = ""
    """Where the caller is, as `engine.peers` tells callers apart; empty if it has no address."""
    principal: Hashable = ""
    """Whose share of the gateway it takes: the caller's credentials as a digest, else the address. Found by the engine."""
    expected: Expected | None = None
    """What others that set out with it wait for; whoever makes it settles it in the end."""
    page: PageRequest | None = None
    """What is wanted of a list, where the message cannot say it."""
    sent_as: str = ""
    """The identifier under which the cluster saw it, if that is not its own, since others shared the request. Found by the engine."""
    upstream_calls: int = 0
    """How many requests it took. Counted by the engine."""
    record: CallRecord | None = field(default=None, repr=False)
    """Where its requests are noted, if the caller wants to see them. Filled in by the engine."""
    warnings: list[str] = field(default_factory=list)
    """What the cluster warned of. Filled in by the engine."""

    def settle(self) -> None:
        """Let nobody who would share a request wait for this call."""
        if self.expected is not None:
            self.expected.settle()

    def place(self, error: CallError, operation: Operation, applied: Applied = Applied.UNSPECIFIED) -> CallError:
        """Let the error say which call it is of and, unless it does, whether a write was applied; return it.

        Args:
            error: the error.
            operation: what was called.
            applied: what is known of the write.
        """
        return error.with_context(
            cluster=self.cluster or "",
            operation=operation.name,
            request_id=self.request_id,
            applied=Applied.UNSPECIFIED if operation.read_only else applied,
        )
