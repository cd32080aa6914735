"""The misbehaviours of a cluster, or of what stands before it, with what each must come to."""

import asyncio
import gzip
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final

from faults.http import JSON, answer, error, gives, nothing, says, then_closes, then_hangs, then_resets
from faults.outcomes import FOREIGN, LATE, LOST, ODD, OK, TOO_LARGE, UNREADABLE, Yields, failed, refused
from faults.upstream import NUMBER, TEXT, Act, Asked

LIMIT: Final = 2**22
"""The largest answer that the gateway under test takes."""
CREDENTIALS: Final = ("SECRETBODY", "hunter2")
"""What nobody may read, not even in the log."""
SECRETS: Final = (*CREDENTIALS, "10.1.2.3", "127.0.0.1", "es-1.internal", "SMUGGLED", "evil.example")
"""What no caller may read."""
SECRET: Final = "SECRETBODY es-1.internal.corp:9200 10.1.2.3 http://root:hunter2@es-1.internal:9200/"
HTML: Final = f"<html><head><title>502</title></head><body>{SECRET}</body></html>".encode()
SMUGGLED: Final = b'{"SMUGGLED":true,"role":{"created":false},"status":{"phase":"SMUGGLED"},"index":"SMUGGLED"}'
DEEP: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One misbehaviour."""

    name: str
    act: Act = nothing
    """How requests are answered."""
    greet: Act | None = None
    """What becomes of a connection before any request."""
    listens: bool = True
    """Whether there is anything to connect to."""
    yields: Yields


def mode(name: str, yields: Yields, act: Act) -> Mode:
    """Return a mode that answers."""
    return Mode(name=name, act=act, yields=yields)


async def trickle(asked: Asked) -> None:
    """Send one byte at a time, faster than any pause that means something, and never the last."""
    whole = answer(200, asked.good)
    for byte in whole[:-1]:
        await asked.write(bytes([byte]))
        await asyncio.sleep(0.02)
    await asked.wait_for_the_end()


async def in_time(asked: Asked) -> None:
    """Send a good answer in three pieces with informational answers before it."""
    first = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    whole = answer(200, asked.good)
    await asked.write(b"HTTP/1.1 100 Continue\r\n\r\n", first, whole[:20], whole[20:])


async def smuggle_later(asked: Asked) -> None:
    """Answer well, and send another answer when nobody asks any more: the gateway must close the connection then."""

    async def smuggle() -> None:
        await asked.write(answer(200, SMUGGLED))
        await asked.writer.wait_closed()

    await asked.write(answer(200, asked.good))
    asked.late.do(smuggle)


async def later(asked: Asked) -> None:
    """Ask for patience until some minutes from now."""
    await asked.write(answer(429, b"", f"retry-after: {formatdate(time.time() + 300, usegmt=True)}"))


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", more: str = "") -> bytes:
    """Return an answer in chunks."""
    head = f"HTTP/1.1 200 OK\r\n{JSON}\r\n{more}transfer-encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def headed(head: str) -> bytes:
    """Return the head of a success."""
    return f"HTTP/1.1 200 OK\r\n{JSON}\r\n{head}\r\n\r\n".encode("latin-1")


def connections() -> Iterator[Mode]:
    """Yield what happens to connections."""
    yield Mode(name="nobody listens", listens=False, yields=Yields(code="UNAVAILABLE", applied="NO", arrives=False))
    unread = Yields(code="UNAVAILABLE", applied="NO UNKNOWN", arrives=False)
    yield Mode(name="reset on accept", greet=then_resets(nothing), yields=unread)
    yield Mode(name="closed on accept", greet=then_closes(nothing), yields=unread)
    never_read = Yields(code="DEADLINE_EXCEEDED", applied="UNKNOWN", arrives=False, hangs=True)
    yield Mode(name="never reads", greet=then_hangs(nothing), yields=never_read)
    yield mode("never answers", LATE, then_hangs(nothing))
    yield mode("reset after the request", LOST, then_resets(nothing))
    yield mode("closed after the request", LOST, then_closes(nothing))
    yield mode("reset within the body", LOST, then_resets(gives(lambda good: answer(200, good)[:-5])))
    yield mode("closed within the body", LOST, then_closes(gives(lambda good: answer(200, good)[:-5])))
    yield mode("closed within the status", LOST, then_closes(says(b"HTTP/1.1 20")))
    yield mode("hangs within the status", LATE, then_hangs(says(b"HTTP/1.1 20")))
    yield mode("hangs within the body", LATE, then_hangs(gives(lambda good: answer(200, good)[:-5])))
    yield mode("trickles", LATE, trickle)


def framing() -> Iterator[Mode]:
    """Yield answers whose bounds are odd or wrong."""
    yield mode("not HTTP", LOST, then_closes(says(b"\x16\x03\x01\x00\xff" * 50 + b"\r\n\r\n")))
    yield mode("HTTP/1.0", OK, then_closes(gives(lambda good: answer(200, good, version="HTTP/1.0"))))
    old = then_closes(gives(lambda good: answer(200, good, version="HTTP/1.0", length=False)))
    yield mode("HTTP/1.0 without length", OK, old)
    yield mode("no length", OK, then_closes(gives(lambda good: answer(200, good, length=False))))
    yield mode("no length, cut", UNREADABLE, then_closes(gives(lambda good: answer(200, good[:-3], length=False))))
    yield mode("length too long", LOST, then_closes(gives(lambda good: headed("content-length: 9999") + good)))
    yield mode("length too short", ODD, gives(lambda good: headed("content-length: 3") + good))
    yield mode("length negative", LOST, then_closes(gives(lambda good: headed("content-length: -3") + good)))
    twice = "content-length: 3\r\ncontent-length: 5"
    yield mode("length twice", LOST, then_closes(gives(lambda good: headed(twice) + good)))
    both = "content-length: 3\r\ntransfer-encoding: chunked"
    yield mode("length and chunks", LOST, then_closes(says(headed(both) + b"2\r\n{}\r\n0\r\n\r\n")))
    chunks = gives(lambda good: chunked(good[:3], good[3:], end=b'0;ext="a"\r\ntrailer: x\r\n\r\n'))
    yield mode("chunks with a trailer", OK, chunks)
    yield mode("chunks without size", LOST, then_closes(says(chunked(end=b"zz\r\n{}"))))
    yield mode("chunks without end", LOST, then_closes(gives(lambda good: chunked(good, end=b""))))


def surprises() -> Iterator[Mode]:
    """Yield more than one answer, and heads that are odd or too large."""
    yield mode("informational answers first", OK, in_time)
    yield mode("two answers at once", OK, gives(lambda good: answer(200, good) + answer(200, SMUGGLED)))
    yield mode("an answer that nobody asked for", OK, smuggle_later)
    bare = gives(lambda good: b"HTTP/1.1 200 OK\ncontent-length: %d\n\n%b" % (len(good), good))
    yield mode("lines end with LF", LOST, bare)
    yield mode("folded header", LOST, gives(lambda good: answer(200, good, JSON, "x-a: b\r\n c")))
    yield mode("empty line first", OK, gives(lambda good: b"\r\n\r\n" + answer(200, good)))
    yield mode("too many headers", LOST, says(*(b"HTTP/1.1 200 OK\r\n",), *(b"x-h: v\r\n" * 9000 for _ in range(10))))
    yield mode("header of 1 MB", LOST, gives(lambda good: answer(200, good, JSON, "x-a: " + "a" * 2**20)))
    yield mode("NUL in a header", LOST, gives(lambda good: answer(200, good, JSON, "x-a: a\0b")))
    odd = 'warning: 299 ES "\xe9\xff deprec \t x"'
    yield mode("odd warning", OK, gives(lambda good: answer(200, good, JSON, odd)))
    long = 'warning: 299 ES "' + "w" * 60_000 + '"'
    yield mode("long warning", OK, gives(lambda good: answer(200, good, JSON, long)))
    yield mode("body above the limit", TOO_LARGE, says(answer(200, b" " * 2 * LIMIT)))
    yield mode("chunks above the limit", TOO_LARGE, says(chunked(*[b" " * 2**20] * 8)))


def packed() -> Iterator[Mode]:
    """Yield packed answers."""
    zipped, deflated = "content-encoding: gzip", "content-encoding: deflate"
    yield mode("gzip", OK, gives(lambda good: answer(200, gzip.compress(good), JSON, zipped)))
    yield mode("gzip, cut", LOST, gives(lambda good: answer(200, gzip.compress(good)[:-6], JSON, zipped)))
    yield mode("gzip that is none", LOST, gives(lambda good: answer(200, good, JSON, zipped)))
    yield mode("gzip above the limit", TOO_LARGE, says(answer(200, gzip.compress(bytes(2**25)), JSON, zipped)))
    twice = gives(lambda good: answer(200, gzip.compress(gzip.compress(good)), JSON, zipped + ", gzip"))
    yield mode("gzip twice", LOST, twice)
    yield mode("deflate", LOST, gives(lambda good: answer(200, zlib.compress(good), JSON, deflated)))
    yield mode("brotli", LOST, says(answer(200, b"\x1b\0\0", JSON, "content-encoding: br")))


def statuses() -> Iterator[Mode]:
    """Yield statuses, most of them a proxy's."""
    yield mode("HTML 200", FOREIGN, says(answer(200, HTML, "content-type: text/html")))
    yield mode("HTML 404", refused("NOT_FOUND", alone=True), says(answer(404, HTML, "content-type: text/html")))
    yield mode("HTML 500", failed("INTERNAL"), says(answer(500, HTML, "content-type: text/html")))
    away = failed("UNAVAILABLE", again=True)
    yield mode("HTML 502", away, says(answer(502, HTML, "content-type: text/html")))
    yield mode("another content type", OK, gives(lambda good: answer(200, good, "content-type: text/plain")))
    yield mode("200 without body", FOREIGN, says(answer(200)))
    yield mode("201", OK, gives(lambda good: answer(201, good)))
    yield mode("202 without body", FOREIGN, says(answer(202)))
    yield mode("204", FOREIGN, says(answer(204, b"", "x-a: b", length=False)))
    yield mode("206, cut", UNREADABLE, gives(lambda good: answer(206, good[:-4])))
    yield mode("101", LOST, says(b"HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"))
    moved = refused("FAILED_PRECONDITION")
    place = "location: http://root:hunter2@evil.example/?token=SECRETBODY"
    for status in (301, 302, 307, 308):
        yield mode(
            f"{status}", moved, says(answer(status, b"to " + SECRET.encode(), "content-type: text/plain", place))
        )
    yield mode("304", moved, says(answer(304, b"", "etag: x", length=False)))
    yield mode("400 without body", refused("INVALID_ARGUMENT", alone=True), says(answer(400)))
    yield mode("401", refused("UNAUTHENTICATED"), says(answer(401, b"", "www-authenticate: Basic")))
    yield mode("403", refused("PERMISSION_DENIED", alone=True), says(answer(403)))
    yield mode("408", failed("DEADLINE_EXCEEDED"), says(answer(408)))
    yield mode("409", refused("ABORTED"), says(error(409, "version_conflict_engine_exception", "c")))
    yield mode(
        "413", refused("RESOURCE_EXHAUSTED", alone=True), says(answer(413, b"too large", "content-type: text/plain"))
    )
    yield mode("421", refused("FAILED_PRECONDITION"), says(answer(421)))
    yield mode("503", away, says(error(503, "x", "no master")))
    yield mode("503, later", failed("UNAVAILABLE"), says(answer(503, b"", "retry-after: 100")))
    yield mode("504", failed("DEADLINE_EXCEEDED", again=True), says(answer(504)))
    yield mode("status 099", LOST, then_closes(says(b"HTTP/1.1 099 X\r\ncontent-length: 0\r\n\r\n")))
    yield mode("status 600", FOREIGN, says(answer(600)))
    yield mode("status 999", FOREIGN, says(answer(999, b"{}")))


def busy() -> Iterator[Mode]:
    """Yield 429 in all its forms."""
    busy = refused("RESOURCE_EXHAUSTED")
    again = refused("RESOURCE_EXHAUSTED", again=True)
    rejected = error(429, "es_rejected_execution_exception", "busy at 10.1.2.3:9300", "retry-after: 100")
    yield mode("429", again, says(error(429, "es_rejected_execution_exception", "busy at 10.1.2.3:9300")))
    yield mode("429, in seconds", busy, says(rejected))
    yield mode("429, with a date", busy, later)
    yield mode("429, soon", again, says(answer(429, b"", "retry-after: soon\xe9")))
    yield mode("429, a number of 400 digits", busy, says(answer(429, b"", "retry-after: " + "9" * 400)))
    last = "retry-after: Fri, 31 Dec 9999 23:59:59 GMT"
    yield mode("429, the last date", busy, says(answer(429, b"", last)))


def documents() -> Iterator[Mode]:
    """Yield successes whose JSON is odd."""
    for name, body in {
        "not UTF-8": b'{"role":{"created":"\xff\xfe"},"acknowledged":"\xc3","completed":"\xc3","status":"\xc3"}',
        "NaN": b'{"role":{"created":NaN},"acknowledged":NaN,"completed":NaN,"status":NaN}',
        "raw NUL": b'{"acknowledged":true,"role":{"created":true},"completed":true,"status":{"phase":"a\0b"}}\0',
        "deep": b'{"acknowledged":' * DEEP + b"1" + b"}" * DEEP,
        "deep list": b"[" * DEEP + b"]" * DEEP,
        "list": b"[1,2]",
        "members of another API": b'{"name":"n","cluster_name":"c"}',
        "null": b"null",
        "text": b'"x"',
        "number": b"1",
    }.items():
        yield mode(f"JSON: {name}", ODD, says(answer(200, body)))
    yield mode("JSON: empty object", FOREIGN, says(answer(200, b"{}")))
    yield mode("JSON: members twice", OK, gives(lambda good: answer(200, twice(good))))
    yield mode("JSON: byte order mark", ODD, gives(lambda good: answer(200, b"\xef\xbb\xbf" + good)))
    yield mode("JSON: garbage behind", UNREADABLE, gives(lambda good: answer(200, good + b"garbage")))
    yield mode("JSON: an error with 200", FOREIGN, says(answer(200, error(500, "x", "y").partition(b"\r\n\r\n")[2])))


def twice(good: bytes) -> bytes:
    """Return a good answer with every member twice."""
    inner = good.strip(b"[{}]") if good.startswith(b"[") else good[1:-1]
    both = b"{%b,%b}" % (inner, inner)
    return b"[%b]" % both if good.startswith(b"[") else both


def values() -> Iterator[Mode]:
    """Yield successes with values that are hard to hold."""
    beyond = OK.except_for("rows read", UNREADABLE)
    yield mode("number of 200 digits", beyond, with_number(b"9" * 200))
    yield mode("number beyond floats", beyond, with_number(b"1e999"))
    yield mode("lone surrogate", OK, with_text(b"\\ud800"))
    yield mode("escaped NUL", OK, with_text(b"a\\u0000b"))
    yield mode("emoji in two escapes", OK, with_text(b"\\ud83d\\ude00"))


def with_number(number: bytes) -> Act:
    """Answer well with another number in all places."""
    bare, quoted = (b":" + NUMBER, b":" + number), (b'"%b"' % NUMBER, b'"%b"' % number)
    return gives(lambda good: answer(200, good.replace(*bare).replace(*quoted)))


def with_text(text: bytes) -> Act:
    """Answer well with another text in all places."""
    return gives(lambda good: answer(200, good.replace(TEXT, b'"%b"' % text)))


def errors() -> Iterator[Mode]:
    """Yield errors whose account is odd, or holds what callers must not see."""
    bad = refused("INVALID_ARGUMENT", alone=True)
    broken = failed("INTERNAL")
    place = "no handler at http://root:hunter2@es-1.internal.corp:9200/ 10.1.2.3 host es-1.internal.corp"
    yield mode("error: a sentence", bad, says(answer(400, b'{"error":"%b"}' % place.encode())))
    yield mode("error: a number", bad, says(answer(400, b'{"error":5,"status":"x"}')))
    yield mode("error: a list", bad, says(answer(400, b'{"error":[1]}')))
    yield mode("error: null", broken, says(answer(500, b'{"error":null}')))
    kinds = b'{"type":{"a":1},"reason":["x"],"root_cause":"z","caused_by":5,"suppressed":{"a":1},"index":[1]}'
    yield mode("error: members of other kinds", bad, says(answer(400, b'{"error":%b}' % kinds)))
    reason = "[es-1.internal.corp][10.1.2.3:9300][cluster:admin/x] password=hunter2 host es-1.internal.corp"
    yield mode("error: addresses", broken, says(error(500, "remote_transport_exception", reason)))
    yield mode("error: long", bad, says(error(400, "t" * 3000, "SECRE" + "e " * 50_000)))
    yield mode("error: one long word", bad, says(error(400, "parsing_exception", "[" + "a-" * 50_000 + "]")))
    yield mode("error: lone surrogate", bad, says(answer(400, b'{"error":{"type":"x","reason":"\\ud800 \\u0000"}}')))
    causes = b'{"error":' + b'{"caused_by":' * 900 + b'{"reason":"deep"}' + b"}" * 901
    yield mode("error: 900 causes", bad, says(answer(400, causes)))
    yield mode("error: deep", broken, says(answer(500, b'{"error":' + b'{"caused_by":' * DEEP + b"{}" + b"}" * DEEP)))


MODES: Final = [
    mode("good", OK, gives(lambda good: answer(200, good))),
    *connections(),
    *framing(),
    *surprises(),
    *packed(),
    *statuses(),
    *busy(),
    *documents(),
    *values(),
    *errors(),
]
