"""Error answers in the engines' own shape.

Knows nothing of operations: a handler raises, the application renders.
"""

from collections.abc import Iterator, Mapping
from typing import Any

# An engine names the innermost of its own exceptions as the root cause. Parser exceptions are
# unwrapped down to another parser exception, never to the JSON library's own below it.
_ENGINE_TYPES = frozenset({"parse_exception", "mapper_parsing_exception", "parsing_exception"})
_PARSER_TYPES = frozenset({"x_content_parse_exception", "x_content_e_o_f_exception"})


class SandboxError(Exception):
    """Anything that ends a call with an error answer: a status, a JSON body and extra headers."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.headers = dict(headers or {})

    def render(self, *, trace: bool) -> Any:
        """Return the JSON document of the answer; `trace` asks for stack traces."""
        raise NotImplementedError


class TextError(SandboxError):
    """An error whose `error` member is plain text, as routing failures are."""

    def __init__(self, status: int, text: str, *, show_status: bool, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, headers)
        self.text = text
        self.show_status = show_status

    def render(self, *, trace: bool) -> Any:
        """Return `error` as text, with `status` beside it where the engines write it."""
        del trace
        return {"error": self.text, "status": self.status} if self.show_status else {"error": self.text}


class EngineError(SandboxError):
    """An exception of the engine: type, reason, further members and a chain of causes."""

    def __init__(
        self,
        status: int,
        kind: str,
        reason: str | None,
        *,
        cause: "EngineError | None" = None,
        roots: "list[EngineError] | None" = None,
        **members: Any,
    ) -> None:
        super().__init__(status)
        self.kind = kind
        self.reason = reason
        self.cause = cause
        self.roots = roots
        self.members = {name.replace("__", "."): value for name, value in members.items()}

    def render(self, *, trace: bool) -> Any:
        """Return `error` with its root causes, and `status`."""
        return {"error": self.failure(trace=trace), "status": self.status}

    def failure(self, *, trace: bool = False) -> dict[str, Any]:
        """Return the `error` member alone, as an item of a multi-search carries it."""
        roots = self.roots or [self._root()]
        return {"root_cause": [root.own_members(trace=trace) for root in roots], **self.describe(trace=trace)}

    def describe(self, *, trace: bool = False) -> dict[str, Any]:
        """Return the exception and its causes, without root causes."""
        members = self.own_members(trace=trace)
        if self.cause is not None:
            members["caused_by"] = self.cause.describe(trace=trace)
        return members

    def own_members(self, *, trace: bool = False) -> dict[str, Any]:
        """Return type, reason and members of this exception alone."""
        members = {"type": self.kind, "reason": self.reason, **self.members}
        if trace:
            members["stack_trace"] = f"{self.kind}: {self.reason}\n\tat sandbox\n"
        return members

    def _root(self) -> "EngineError":
        root = self
        for cause in self._causes():
            if not (cause.kind in _ENGINE_TYPES or (root.kind in _PARSER_TYPES and cause.kind in _PARSER_TYPES)):
                break
            root = cause
        return root

    def _causes(self) -> Iterator["EngineError"]:
        cause = self.cause
        while cause is not None:
            yield cause
            cause = cause.cause


def illegal_argument(reason: str, cause: EngineError | None = None) -> EngineError:
    """Return the 400 that most bad arguments get."""
    return EngineError(400, "illegal_argument_exception", reason, cause=cause)


def number_format(text: str) -> EngineError:
    """Return the cause that follows a number that cannot be read."""
    return EngineError(400, "number_format_exception", f'For input string: "{text}"')


def invalid_request(*reasons: str) -> EngineError:
    """Return the 400 of a request's own validation, its reasons numbered."""
    numbered = "".join(f" {number}: {reason};" for number, reason in enumerate(reasons, start=1))
    return EngineError(400, "action_request_validation_exception", f"Validation Failed:{numbered}")


def index_not_found(name: str, resource: str | None = "index_or_alias") -> EngineError:
    """Return the 404 of a missing index; `resource` is the kind named in it, None leaves it out."""
    named: dict[str, Any] = {"resource__type": resource, "resource__id": name} if resource else {}
    return EngineError(
        404, "index_not_found_exception", f"no such index [{name}]", **named, index_uuid="_na_", index=name
    )


def invalid_index_name(name: str, why: str) -> EngineError:
    """Return the 400 of a name that no index may have."""
    reason = f"Invalid index name [{name}], {why}"
    return EngineError(400, "invalid_index_name_exception", reason, index_uuid="_na_", index=name)


def already_exists(name: str, uuid: str) -> EngineError:
    """Return the 400 of creating an index that is there."""
    reason = f"index [{name}/{uuid}] already exists"
    return EngineError(400, "resource_already_exists_exception", reason, index_uuid=uuid, index=name)


def not_found(reason: str) -> EngineError:
    """Return the 404 of a missing resource that is no index."""
    return EngineError(404, "resource_not_found_exception", reason)


def unrecognized(path: str, names: list[str]) -> EngineError:
    """Return the 400 of query parameters the operation does not have; `names` are ready to print."""
    plural = "s" if len(names) > 1 else ""
    return illegal_argument(f"request [{path}] contains unrecognized parameter{plural}: {', '.join(names)}")


def no_handler(path: str, method: str) -> TextError:
    """Return the 400 of a path that no operation has."""
    return TextError(400, f"no handler found for uri [{path}] and method [{method}]", show_status=False)


def wrong_method(path: str, method: str, allowed: list[str]) -> TextError:
    """Return the 405 of a path that has other methods; they stand in the Allow header too."""
    text = f"Incorrect HTTP method for uri [{path}] and method [{method}], allowed: [{', '.join(allowed)}]"
    return TextError(405, text, show_status=True, headers={"Allow": ",".join(allowed)})


def unsupported_content_type(value: str) -> TextError:
    """Return the 406 of a body in a media type that the engines do not read."""
    return TextError(406, f"Content-Type header [{value}] is not supported", show_status=True)
