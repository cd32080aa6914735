"""What a call was and the requests that it took, kept for a caller who asks what happened.

A request that calls of several callers share holds the input of all of them, so it is marked: only its caller's own may be shown.
"""

from dataclasses import dataclass, field
from typing import Any

from searchway.contract.records import Operation
from searchway.engine.paging import PageRequest
from searchway.wire import HttpRequest

MOST_REQUESTS = 100
"""How many requests are kept of a call between two looks at them; the others are only counted."""


@dataclass(slots=True, kw_only=True)
class SentRequest:
    """One request to the cluster."""

    request: HttpRequest
    """What was sent, without host and credentials."""
    is_shared: bool
    """Whether it has the input of other callers in it."""
    status: int = 0
    """What it was answered with; 0 as long as there is no whole answer."""
    seconds: float | None = None
    """How long that took; None if nothing waited for the end."""


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """The record of one call."""

    owner: object
    """Who asks, by identity: one object for the calls of one request."""
    keeps: bool = True
    """Whether requests are kept: whoever may not see them needs none of their memory."""
    operation: Operation | None = None
    """What was called; None before it is known."""
    message: Any = field(default=None, repr=False)
    """The request message."""
    page: PageRequest | None = None
    """What is wanted of a list, where the message does not say it."""
    cluster: str | None = None
    """The cluster that was asked for; None for the default one."""
    requests: list[SentRequest] = field(default_factory=list, repr=False)
    """The requests, in the order in which they were sent."""

    def sent(self, request: HttpRequest, *, is_shared: bool) -> SentRequest | None:
        """Note a request that goes out and return its entry; None if it is not kept."""
        if not self.keeps or len(self.requests) >= MOST_REQUESTS:
            return None
        self.requests.append(SentRequest(request=request, is_shared=is_shared))
        return self.requests[-1]

    def take(self) -> list[SentRequest]:
        """Return the requests since the last look."""
        taken, self.requests = self.requests, []
        return taken
