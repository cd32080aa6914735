r"""Lone surrogates in JSON texts: half of a pair, such as `"\ud83d"`, which JSON can write as an escape and no Unicode text can hold.

Engines store and return them (a text that was truncated in the middle of an emoji). The parsers reject them, so they are replaced, or
masked while a text is split and restored afterwards. All of it takes linear time. https://www.rfc-editor.org/rfc/rfc8259#section-8.2
"""

import re
import secrets
from collections.abc import Iterator

REPLACEMENT = "\ufffd"

# Everything up to the next lone surrogate, escape sequences as units. The quantifiers are possessive, so there is no backtracking.
_UP_TO_LONE = re.compile(
    rb"(?:[^\\]++|\\(?:[^u]|u(?![dD][89a-fA-F])|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*+", re.DOTALL
)
_LONE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_LENGTH = len(r"\ud83d")
_PREFIX = len(r"\u")
_DIGITS = 4
_IN_TEXT = re.compile("[\ud800-\udfff]")


def replace(text: bytes) -> bytes:
    """Return a JSON text with U+FFFD in the place of each lone surrogate."""
    return b"\\ufffd".join(_between(text, _LENGTH))


def hide(text: bytes) -> tuple[str, bytes]:
    """Mask lone surrogates: return a marker, and the JSON text with the marker in place of the first two characters of each escape; an empty marker if there are none."""
    pieces = list(_between(text, _PREFIX))
    if len(pieces) == 1:
        return "", text
    mark = _mark_for(text)
    return mark, mark.encode().join(pieces)


def show(text: bytes, mark: str) -> bytes:
    """Return a part of a JSON text with the masked escapes restored."""
    return text.replace(mark.encode(), b"\\u")


def show_in_text(text: str, mark: str) -> str:
    """Return a parsed string with the masked lone surrogates restored."""
    head, *hidden = text.split(mark)
    return head + "".join(chr(int(piece[:_DIGITS], 16)) + piece[_DIGITS:] for piece in hidden)


def replace_in_text(text: str) -> str:
    """Return a parsed text with U+FFFD in the place of each lone surrogate."""
    return _IN_TEXT.sub(REPLACEMENT, text)


def _between(text: bytes, length: int) -> Iterator[bytes]:
    """Yield the pieces between lone surrogates, without the first `length` characters of each surrogate's escape."""
    start = position = 0
    while True:
        stop = _UP_TO_LONE.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing as well
        if not _LONE.match(text, stop):  # the end, or an escape that is none
            yield text[start:]
            return
        yield text[start:stop]
        start, position = stop + length, stop + _LENGTH


def _mark_for(text: bytes) -> str:
    while (mark := secrets.token_hex(8)).encode() in text:
        pass
    return mark
