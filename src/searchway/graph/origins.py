"""Which pages of other origins may call the face, what they may send, and what of an answer they may see (CORS).

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from searchway.settings import Settings
from searchway.vocabulary import (
    AUTHORIZATION,
    CLUSTER,
    DOCUMENT_KEY,
    EXPLAIN,
    EXPLAIN_KEY,
    REQUEST_ID,
    STRICT,
    TIMEOUT,
    TRACE_PARENT,
    TRACE_STATE,
)

_READ: Final = (
    AUTHORIZATION,
    CLUSTER,
    DOCUMENT_KEY,
    EXPLAIN,
    EXPLAIN_KEY,
    REQUEST_ID,
    STRICT,
    TIMEOUT,
    TRACE_PARENT,
    TRACE_STATE,
    "content-encoding",
    "content-type",
    "if-none-match",
)
"""The headers of requests that the face itself reads."""
_EXPOSED: Final = (REQUEST_ID, "accept-encoding", "allow", "etag")
"""The headers of answers that a page would not see otherwise."""


def with_cors(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Return the application, which pages of other origins may call if the settings name some."""
    if not settings.cors_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins,
        allow_methods=("GET", "POST"),
        allow_headers={*_READ, *settings.forward_headers, *settings.cors_headers},
        expose_headers=_EXPOSED,
    )
