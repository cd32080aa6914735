r"""Lone surrogates in JSON texts: half of a pair, such as `"\ud83d"`, which JSON can write as an escape and no Unicode text can hold.

Engines store and return them (a text that was truncated in the middle of an emoji). The parsers reject them, so they are replaced, or
masked while a text is split and restored afterwards. All of it takes linear time. https://www.rfc-editor.org/rfc/rfc8259#section-8.2
"""

import re
import secrets

REPLACEMENT = "\ufffd"

_BACKSLASH = b"\\\\"  # as JSON writes one
_CONTROLS = b"\x00\x01"  # which no JSON text holds, and as long
# Escapes of lone surrogates, of which the pattern takes the first two characters. No escaped backslash may be in the text, so that every
# backslash begins an escape; a high surrogate with a low one behind it is a pair.
_LONE = (
    rb"\\u(?:(?=[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2}))"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u)(?=[dD][c-fC-F][0-9a-fA-F]{2}))"
)
_PREFIX = re.compile(_LONE)
_WHOLE = re.compile(_LONE + rb"[0-9a-fA-F]{4}")
_DIGITS = 4
_IN_TEXT = re.compile("[\ud800-\udfff]")


def replace(text: bytes) -> bytes:
    """Return a JSON text with U+FFFD in the place of each lone surrogate."""
    return _substitute(_WHOLE, rb"\\ufffd", text)


def hide(text: bytes) -> tuple[str, bytes]:
    """Mask lone surrogates: return a marker, and the JSON text with the marker in place of the first two characters of each escape; an empty marker if there are none."""
    mark = _mark_for(text)
    masked = _substitute(_PREFIX, mark.encode(), text)
    return ("", text) if masked == text else (mark, masked)


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


def _substitute(pattern: re.Pattern[bytes], replacement: bytes, text: bytes) -> bytes:
    """Replace matches; the replacement is constant, so that all of it runs in the regular expression engine."""
    if _BACKSLASH not in text:
        return pattern.sub(replacement, text)
    mark = _mark_for(text).encode() if _CONTROLS in text else _CONTROLS
    return pattern.sub(replacement, text.replace(_BACKSLASH, mark)).replace(mark, _BACKSLASH)


def _mark_for(text: bytes) -> str:
    while (mark := secrets.token_hex(8)).encode() in text:
        pass
    return mark
