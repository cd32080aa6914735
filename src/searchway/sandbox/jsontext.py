"""Reading JSON bodies, and saying where and how one is broken in the engines' words.

The fast path is the standard parser, which keeps integers of any length. Only a broken body, or an
error that names a position, is scanned a second time here.
"""

import json
import re
from typing import Any, NamedTuple, NoReturn

from searchway.sandbox.call import Call
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError
from searchway.sandbox.parameters import missing_body

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_WORD = re.compile(r"\w+")
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


class Position(NamedTuple):
    """A place in a body, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class JsonSyntaxError(Exception):
    """A body that is no JSON."""

    def __init__(self, kind: str, message: str, at: Position, opened: list[Position]) -> None:
        super().__init__(message)
        # Type of the JSON library's exception.
        self.kind = kind
        # What was unexpected, without the position.
        self.message = message
        # Where reading stopped.
        self.at = at
        # Starts of the objects and arrays still open there, outermost first.
        self.opened = opened


class Positions(NamedTuple):
    """Where the parts of a body stand, by path from the root."""

    names: dict[Path, Position]
    values: dict[Path, Position]
    # Closing brackets of objects and arrays.
    ends: dict[Path, Position]


def parse(body: bytes) -> Any:
    """Parse a body.

    Raises:
        JsonSyntaxError: for anything that is no JSON.
    """
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except ValueError:
        scan(body)
        raise JsonSyntaxError("json_parse_exception", "Invalid JSON", Position(1, 1), []) from None


def scan(body: bytes) -> Positions:
    """Return the positions of a body's members and items.

    Raises:
        JsonSyntaxError: for anything that is no JSON.
    """
    scanner = _Scanner(body.decode("utf-8", "replace"))
    scanner.value(())
    scanner.end()
    return Positions(scanner.names, scanner.values, scanner.ends)


def syntax_error(engine: Engine, body: bytes, error: JsonSyntaxError) -> EngineError:
    """Return a broken body's error as the engine's own parser reports it."""
    source = f'(byte[])"{body.decode("utf-8", "replace")}"'
    if not engine.is_elasticsearch:
        source = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)"
    message = error.message.replace("(start marker)", _marker(error, source))
    text = f"{message}\n at [Source: {source}; line: {error.at.line}, column: {error.at.column}]"
    inner = EngineError(400, error.kind, text)
    if not engine.is_elasticsearch:
        return inner
    if error.kind == "json_e_o_f_exception":
        return EngineError(400, "x_content_e_o_f_exception", f"[{error.at}] Unexpected end of file", cause=inner)
    return EngineError(400, "x_content_parse_exception", f"[{error.at}] {text}", cause=inner)


def read_body(engine: Engine, call: Call, wrapper: tuple[str, str] | None = None) -> Any:
    """Return the JSON of a body; `wrapper` is type and reason of the exception around a broken one.

    Raises:
        EngineError: parse_exception for an empty body, the parser's own for a broken one.
    """
    if not call.body.strip():
        raise missing_body()
    try:
        return parse(call.body)
    except JsonSyntaxError as error:
        failure = syntax_error(engine, call.body, error)
        raise EngineError(400, *wrapper, cause=failure) if wrapper else failure from error


def read_map(engine: Engine, call: Call) -> dict[str, Any]:
    """Return the JSON object of a body that an engine reads without a schema; no body is `{}`.

    Raises:
        EngineError: parse_exception for anything that is no object.
    """
    if not call.body.strip():
        return {}
    document = read_body(engine, call, ("parse_exception", "Failed to parse content to map"))
    if not isinstance(document, dict):
        raise EngineError(400, "parse_exception", "Failed to parse content to map")
    return document


def token(value: Any) -> str:
    """Return the engines' name of the token a value starts with."""
    if isinstance(value, bool):
        return "VALUE_BOOLEAN"
    names = {str: "VALUE_STRING", dict: "START_OBJECT", list: "START_ARRAY", type(None): "VALUE_NULL"}
    return names.get(type(value), "VALUE_NUMBER")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _marker(error: JsonSyntaxError, source: str) -> str:
    if not error.opened:
        return ""
    at = error.opened[-1]
    return f"(start marker at [Source: {source}; line: {at.line}, column: {at.column}])"


class _Scanner:
    """A recursive descent over JSON text that remembers positions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.opened: list[Position] = []
        self.names: dict[Path, Position] = {}
        self.values: dict[Path, Position] = {}
        self.ends: dict[Path, Position] = {}

    def value(self, path: Path, expected: str = "Value") -> None:
        self._space()
        self.values[path] = self._position()
        character = self._peek() or self._fail_at_end(expected)
        if character in "{[":
            self.opened.append(self._position())
            self.at += 1
            self._members(path) if character == "{" else self._items(path)
            self.opened.pop()
            self.ends[path] = self._position(self.at - 1)
        elif character == '"':
            self._take(_STRING)
        elif not self._take(_SCALAR, optional=True):
            self._fail_at_token()

    def end(self) -> None:
        self._space()
        if self._peek():
            self._fail(f"Unexpected character {self._shown()}: expected end of input")

    def _members(self, path: Path) -> None:
        self._space()
        if self._next_is("}"):
            return
        while True:
            self._member(path)
            if self._next_is("}"):
                return
            self._comma("Object")

    def _member(self, path: Path) -> None:
        self._space()
        start = self._position()
        if not self._peek():
            self._fail_at_end("Object" if self.text[self.at - 1 : self.at] == "{" else "between")
        if self._peek() != '"':
            self._fail(f"Unexpected character {self._shown()}: was expecting double-quote to start field name")
        name = json.loads(self._take(_STRING), strict=False)
        self.names[(*path, name)] = start
        self._space()
        if not self._next_is(":"):
            self._fail_at_end("between") if not self._peek() else self._fail(
                f"Unexpected character {self._shown()}: was expecting a colon to separate field name and value"
            )
        self.value((*path, name), "between")
        self._space()

    def _items(self, path: Path) -> None:
        self._space()
        if self._next_is("]"):
            return
        for position in range(len(self.text)):
            self.value((*path, position), "Array")
            self._space()
            if self._next_is("]"):
                return
            self._comma("Array")

    def _comma(self, container: str) -> None:
        if not self._peek():
            self._fail_at_end(container)
        if not self._next_is(","):
            self._fail(f"Unexpected character {self._shown()}: was expecting comma to separate {container} entries")

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next_is(self, character: str) -> bool:
        found = self._peek() == character
        self.at += found
        return found

    def _take(self, pattern: re.Pattern[str], *, optional: bool = False) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return "" if optional else self._fail_at_end("String")
        self.at = match.end()
        return match[0]

    def _position(self, at: int | None = None) -> Position:
        at = self.at if at is None else at
        before = self.text[:at]
        return Position(before.count("\n") + 1, at - before.rfind("\n"))

    def _shown(self) -> str:
        return f"('{self._peek()}' (code {ord(self._peek())}))"

    def _fail_at_token(self) -> NoReturn:
        word = _WORD.match(self.text, self.at)
        if word is None:
            self._fail(f"Unexpected character {self._shown()}: expected a value")
        self._fail(f"Unrecognized token '{word[0]}': was expecting {_VALUES}")

    def _fail_at_end(self, inside: str) -> NoReturn:
        self.at = len(self.text)
        at = self._position()
        messages = {
            "Object": "Unexpected end-of-input: expected close marker for Object (start marker)",
            "Array": "Unexpected end-of-input: expected close marker for Array (start marker)",
            "String": "Unexpected end-of-input in VALUE_STRING",
            "between": "Unexpected end-of-input within/between Object entries",
        }
        message = messages.get(inside, "No content to map due to end-of-input")
        raise JsonSyntaxError("json_e_o_f_exception", message, at, list(self.opened))

    def _fail(self, message: str) -> NoReturn:
        raise JsonSyntaxError("json_parse_exception", message, self._position(), list(self.opened))
