"""Requests that are not executed: what is wrong with them, whichever way they came. Must not know any of the ways."""

import re
from collections.abc import Sequence

from graphql import GraphQLError

from searchway.errors import Code


class RefusedError(Exception):
    """A request that is not executed."""

    def __init__(self, errors: Sequence[GraphQLError], code: Code = Code.INVALID_ARGUMENT) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = tuple(errors)
        self.code = code


class RequestError(RefusedError):
    """A GraphQL request that cannot be executed."""

    status = 400
    """The HTTP status for callers that take GraphQL's own media type."""
    cache_control = ""
    """Who may keep the answer; empty where HTTP's own rules do."""


class PersistedQueryError(RequestError):
    """An automatic persisted query whose text is needed: clients then send it, and look for it in an answer with the status 200.

    Args:
        message: what clients know it by.
        code: what it counts as.
    """

    status = 200
    cache_control = "no-store"  # the next request with the same URL gets another answer

    def __init__(self, message: str, code: Code) -> None:
        name = re.sub("(?<=[a-z])(?=[A-Z])", "_", message).upper()
        super().__init__([GraphQLError(message, extensions={"code": name})], code)


class BadRequestError(RefusedError):
    """An HTTP request that is not a GraphQL request, or that is not taken now."""

    def __init__(
        self,
        status: int,
        problem: str,
        *,
        code: Code = Code.INVALID_ARGUMENT,
        allow: str = "",
        accept_encoding: str = "",
    ) -> None:
        super().__init__([GraphQLError(problem)], code)
        self.status = status
        self.problem = problem
        self.allow = allow
        self.accept_encoding = accept_encoding
