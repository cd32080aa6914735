"""Requests that are not executed: what is wrong with them, whichever way they came. Must not know any of the ways."""

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
