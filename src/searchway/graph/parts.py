"""Subscriptions over HTTP as Apollo's clients ask for them: one answer in parts, each a response or, in silence, empty.

A part ends with the line that bounds it, since clients take it only when they have seen that.

https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
"""

from typing import Any

import orjson

from searchway.graph.streams import Form

_BOUNDARY = b"\r\n--graphql"
_HEAD = b"\r\ncontent-type: application/json\r\n\r\n"


def _write(response: dict[str, Any]) -> bytes:
    return _HEAD + orjson.dumps({"payload": response}) + _BOUNDARY


FORM = Form(
    content_type=b'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    begin=_BOUNDARY,
    ping=_HEAD + b"{}" + _BOUNDARY,
    write=_write,
    end=b"--\r\n",
)
