"""GraphQL over server-sent events, each operation on a connection of its own.

    event: next        one response; its errors too, for a browser's EventSource shows nothing of a status
    event: complete    there are no more
    :                  a comment

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode

The protocol's single connection mode is not spoken: what one request reserves another one uses, and that may reach another process.
"""

from collections.abc import AsyncIterator
from typing import Any

import orjson

from searchway.graph.media import EVENTS
from searchway.graph.streams import Form


def _write(response: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(response) + b"\n\n"


FORM = Form(
    content_type=EVENTS.encode() + b"; charset=utf-8",
    begin=b":\n\n",
    ping=b":\n\n",
    write=_write,
    end=b"event: complete\ndata:\n\n",
)


async def once(response: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Yield one response."""
    yield response
