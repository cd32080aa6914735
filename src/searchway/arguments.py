"""What arguments of the command line look like; each is refused with what was expected, and a secret is never repeated."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from searchway.settings.hosts import is_host

_YEAR = 365 * 86_400.0
_LAST_PORT = 65_535
_LONGEST_FILE_NAME = 255
_NAME = re.compile(r"[a-z0-9_.-]+")
_RESERVED = re.compile(r"grpc-.*|.*-bin|te|host|connection|content-(type|length|encoding)|transfer-encoding|user-agent")


def checked(parse: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return the callback of a parameter that makes of its text, or of each of its texts, what is meant, or a usage error."""

    def callback(context: click.Context, parameter: click.Parameter, given: Any) -> Any:
        try:
            if given is None:
                return None
            return tuple(map(parse, given)) if isinstance(given, tuple) else parse(given)
        except ValueError as error:
            raise click.BadParameter(str(error), context, parameter) from None

    return callback


def host_port(text: str) -> str:
    """Return the address of a gateway as it is."""
    host, _, port = text.rpartition(":")
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host.replace(":", " ")
    if not (is_host(inner) and port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT):
        raise ValueError("expected host:port")
    return text


def seconds(text: str) -> float:
    """Return a time to wait, at most a year: clocks cannot count much further."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise ValueError("expected a number of seconds above 0")
    return min(number, _YEAR)


def document(text: str) -> str:
    """Return a document, out of a file for `@FILE`."""
    if text.startswith("@"):
        return _read(text[1:])
    if text.endswith(".json") or (len(text) <= _LONGEST_FILE_NAME and Path(text).is_file()):
        raise ValueError(f"expected JSON; @{text} takes it out of the file")
    return text


def header(text: str) -> tuple[str, str]:
    """Return name, in lower case, and value of `NAME: VALUE`; the value out of a file for `NAME: @FILE`."""
    name, _, said = (part.strip() for part in text.partition(":"))
    if not said or not _NAME.fullmatch(name.lower()):
        raise ValueError("expected 'NAME: VALUE' or 'NAME: @FILE'")
    if _RESERVED.fullmatch(name.lower()):
        raise ValueError(f"expected a header of the caller's, and {name} is set by the protocol")
    value = _read(said[1:]).strip() if said.startswith("@") else said
    if not value or not value.isascii() or not value.isprintable():
        raise ValueError(f"{name}: expected a value of printable ASCII on one line")
    return name.lower(), value


def _read(name: str) -> str:
    """Return what a file holds, or standard input for `-`."""
    try:
        return (sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()).decode()
    except OSError as error:
        raise ValueError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{name}: expected UTF-8") from None
