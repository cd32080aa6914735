"""Words that callers write and read: names of headers, which gRPC calls metadata, and the two truth values as texts.

The README's part "Headers and metadata" says what each header means.
"""

from collections.abc import Mapping
from typing import Final

AUTHORIZATION: Final = "authorization"
CLUSTER: Final = "x-searchway-cluster"
DOCUMENT_KEY: Final = "x-searchway-document-key"
EXPLAIN: Final = "x-searchway-explain"
EXPLAIN_KEY: Final = "x-searchway-explain-key"
FIELD_MASK: Final = "x-goog-fieldmask"
REQUEST_ID: Final = "x-opaque-id"
STRICT: Final = "x-searchway-strict"
TIMEOUT: Final = "x-searchway-timeout"
TRACE_PARENT: Final = "traceparent"
TRACE_STATE: Final = "tracestate"
UPSTREAM_CALLS: Final = "x-searchway-upstream-calls"
WARNING: Final = "x-searchway-warning"

OPEN_HEADERS: Final = (CLUSTER, EXPLAIN, REQUEST_ID, STRICT, TIMEOUT, TRACE_PARENT, TRACE_STATE)
"""The headers of callers that are certainly no secrets."""

TRUTH: Final[Mapping[str, bool]] = {"true": True, "false": False}
"""The truth values by their words."""
