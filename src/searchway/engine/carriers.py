"""Under whose name a request goes to the cluster: the caller's, or, where several share it, the gateway's own.

A shared request carries no tracing header of any of its callers: it would name one for all, and what one of them sent could fail the
others. It has an identifier of its own, which is the trace identifier of its new trace context too, and which the log line of each of
the calls names. What else goes on of callers' headers is the same for all who share.
"""

import os
import re
from collections.abc import Sequence

from searchway.engine.call import Call
from searchway.upstream import TRACING

# https://www.w3.org/TR/trace-context/#traceparent-header; later versions may go on after the flags
_CONTEXT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.{0,256})?")
_SAMPLED = 1


def shared_call(calls: Sequence[Call]) -> Call:
    """Return the call of the gateway's own in whose name one request goes for several, who have in common all that matters to it."""
    first = calls[0]
    request_id = os.urandom(16).hex()
    kept = {name: value for name, value in first.headers.items() if name not in TRACING}
    sampled = any(_is_sampled(call) for call in calls)
    context = f"00-{request_id}-{os.urandom(8).hex()}-{sampled:02x}"
    return Call(face=first.face, request_id=request_id, cluster=first.cluster, headers={**kept, "traceparent": context})


def sent_as(call: Call, carrier: Call) -> str:
    """Return the identifier under which the cluster saw a call that another one carried; empty if it is the call's own."""
    return carrier.sent_as or (carrier.request_id if carrier is not call else "")


def trace_id(call: Call) -> str:
    """Return the identifier of the trace that the caller says the call is of; empty if it says none that is valid."""
    found = _CONTEXT.fullmatch(call.headers.get("traceparent", ""))
    return found[1] if found else ""


def _is_sampled(call: Call) -> bool:
    found = _CONTEXT.fullmatch(call.headers.get("traceparent", ""))
    return bool(found and int(found[2], 16) & _SAMPLED)
