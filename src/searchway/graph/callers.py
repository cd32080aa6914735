"""Who asks: what the headers of an HTTP request say that is not GraphQL."""

import os
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

from starlette.types import Scope

from searchway.engine.call import Call
from searchway.engine.headers import check_credentials, is_usable_id, join_headers
from searchway.engine.peers import network_of
from searchway.errors import InvalidArgumentError
from searchway.vocabulary import AUTHORIZATION, CLUSTER, EXPLAIN, REQUEST_ID, STRICT, TIMEOUT, TRUTH

_BODIES = "body"
"""The value of EXPLAIN that asks for inputs and bodies too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller, the same for every call of a request."""

    headers: Mapping[str, str]
    """The headers, names in lower case."""
    request_id: str
    """The identifier under which the request is logged and the clusters see it."""
    arrived: float
    """When the request came, by time.monotonic()."""
    peer: str = ""
    """Where it came from, as `engine.peers` tells callers apart; empty if it has no address."""

    @property
    def deadline(self) -> float | None:
        """When the answer must be there, by time.monotonic(); None if the caller does not say."""
        given = self.headers.get(TIMEOUT)
        return self.arrived + int(given) / 1000 if given is not None else None

    @property
    def principal(self) -> Hashable:
        """Whose turn it is where callers take turns before anything is known of clusters."""
        return self.peer, self.headers.get(AUTHORIZATION, "")

    @property
    def explains(self) -> bool:
        """Whether the answer shall tell what it took."""
        return self._says(EXPLAIN) or self.explains_bodies

    @property
    def explains_bodies(self) -> bool:
        """Whether it shall tell input and bodies too."""
        return self.headers.get(EXPLAIN, "").lower() == _BODIES

    def check(self) -> None:
        """Check the headers.

        Raises:
            InvalidArgumentError: one has a wrong value, or the credentials came more than once.
        """
        check_credentials(self.headers)
        given = self.headers.get(TIMEOUT, "1")
        if not (given.isascii() and given.isdigit() and int(given[:10]) > 0 and len(given) <= 9):  # noqa: PLR2004  # a week
            raise InvalidArgumentError(TIMEOUT, "expected a number of milliseconds from 1 to 999999999")
        for name, words in ((EXPLAIN, (*TRUTH, _BODIES)), (STRICT, tuple(TRUTH))):
            if self.headers.get(name, "false").lower() not in words:
                raise InvalidArgumentError(name, f"expected {', '.join(words[:-1])} or {words[-1]}")

    def beside(self, headers: Mapping[str, str]) -> "Caller":
        """Return the caller with more headers, which win over those that are there."""
        return replace(self, headers={**self.headers, **headers})

    def again(self) -> "Caller":
        """Return the caller as of another request that begins now."""
        return _caller(self.headers, self.peer)

    def call(self) -> Call:
        """Return a new call for the engine."""
        return Call(
            face="graphql",
            request_id=self.request_id,
            cluster=self.headers.get(CLUSTER),
            headers=self.headers,
            deadline=self.deadline,
            strict=self._says(STRICT),
            peer=self.peer,
        )

    def _says(self, name: str) -> bool:
        return TRUTH.get(self.headers.get(name, "false").lower(), False)


def read_caller(scope: Scope) -> Caller:
    """Read the headers; a request without a usable identifier gets one."""
    headers = join_headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    client = scope.get("client")
    return _caller(headers, network_of(client[0]) if client else "")


def _caller(headers: Mapping[str, str], peer: str) -> Caller:
    given = headers.get(REQUEST_ID, "")
    request_id = given if is_usable_id(given) else os.urandom(16).hex()
    return Caller(headers=headers, request_id=request_id, arrived=time.monotonic(), peer=peer)
