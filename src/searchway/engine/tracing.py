"""Tracing headers of requests: the caller's own or, for a request that several calls share, new ones of the gateway's.

A shared request has no tracing header of any of its callers: it would name one of them for all, and a header of one could fail the
others. It gets an identifier of its own, which is also the trace identifier of its new trace context and is logged with each of the calls.
All other forwarded headers are part of what makes calls share, and so equal for all of them.
"""

import os
import re
from collections.abc import Sequence

from searchway.engine.call import Call
from searchway.upstream import TRACING
from searchway.vocabulary import TRACE_PARENT

# https://www.w3.org/TR/trace-context/#traceparent-header; later versions may go on after the flags
_CONTEXT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.{0,256})?")
_SAMPLED = 1


def shared_call(calls: Sequence[Call]) -> Call:
    """Return a call of the gateway's own with the headers of a request that these calls share."""
    first = calls[0]
    request_id = os.urandom(16).hex()
    kept = {name: value for name, value in first.headers.items() if name not in TRACING}
    sampled = any(_is_sampled(call) for call in calls)
    context = f"00-{request_id}-{os.urandom(8).hex()}-{sampled:02x}"
    return Call(face=first.face, request_id=request_id, cluster=first.cluster, headers={**kept, TRACE_PARENT: context})


def sent_as(call: Call, headers_of: Call) -> str:
    """Return the identifier under which the cluster saw a call, given the call whose headers were sent; empty if it is its own."""
    return headers_of.sent_as or (headers_of.request_id if headers_of is not call else "")


def trace_id(call: Call) -> str:
    """Return the trace identifier of the caller's `traceparent`; empty if there is none that is valid."""
    found = _CONTEXT.fullmatch(call.headers.get(TRACE_PARENT, ""))
    return found[1] if found else ""


def _is_sampled(call: Call) -> bool:
    found = _CONTEXT.fullmatch(call.headers.get(TRACE_PARENT, ""))
    return bool(found and int(found[2], 16) & _SAMPLED)
