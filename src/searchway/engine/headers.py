"""What both faces make of received headers, which gRPC calls metadata, so that a call means the same on either."""

from collections.abc import Iterable, Mapping

from searchway.errors import InvalidArgumentError
from searchway.vocabulary import AUTHORIZATION

_LONGEST_ID = 256


class Joined(str):
    """The values of a header that came more than once."""

    __slots__ = ()


def join_headers(received: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join the values of equal names, which are in lower case, by commas.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    """
    headers: dict[str, str] = {}
    for name, value in received:
        headers[name] = Joined(f"{headers[name]},{value}") if name in headers else value
    return headers


def is_usable_id(text: str) -> bool:
    """Tell whether the text can identify a call in headers, trailers and log lines: 1 to 256 printable ASCII characters."""
    return 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()


def check_credentials(headers: Mapping[str, str]) -> None:
    """Refuse credentials that came more than once: nobody could tell whose the call is.

    Raises:
        InvalidArgumentError: they did.
    """
    if isinstance(headers.get(AUTHORIZATION), Joined):
        raise InvalidArgumentError(AUTHORIZATION, "expected once, got several")
