import gzip
import zlib
from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.upstream.answers import BARE_LIMIT, Answers, AnswerTooLargeError, Packed
from searchway.wire import HttpResponse

LIMIT = 1000
PACKED = gzip.compress(b"[1,2,3]")


def packed(body: bytes, coding: bytes = b"gzip") -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-encoding: %b\r\ncontent-length: %d\r\n\r\n%b" % (coding, len(body), body)


WHOLE = [
    pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, b"ok", True, id="with a length"),
    pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, b"", True, id="empty"),
    pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True, id="without a body"),
    pytest.param(
        b"HTTP/1.1 500 E\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        500,
        b"abcde",
        True,
        id="chunked",
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-after: 1\r\n\r\n",
        200,
        b"ok",
        True,
        id="with trailers",
    ),
    pytest.param(b"HTTP/1.1 200 OK\r\nx-empty:\r\ncontent-length: 2\r\n\r\nok", 200, b"ok", True, id="an empty header"),
    pytest.param(
        b"HTTP/1.1 103 Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        200,
        b"ok",
        True,
        id="announced",
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok", 200, b"ok", False, id="the last one"
    ),
    pytest.param(b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, b"ok", False, id="of HTTP 1.0"),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nupgrade: h2,h2c\r\nconnection: upgrade, keep-alive\r\ncontent-length: 2\r\n\r\nok",
        200,
        b"ok",
        True,
        id="that offers another protocol",
    ),
    pytest.param(packed(PACKED), 200, b"[1,2,3]", True, id="packed"),
    pytest.param(packed(PACKED, b"X-GZIP"), 200, b"[1,2,3]", True, id="packed by the old name"),
    pytest.param(packed(b"ok", b"identity"), 200, b"ok", True, id="packed as it is"),
    pytest.param(packed(b""), 200, b"", True, id="nothing packed"),
]


def feed(answers: Answers, pieces: Iterator[bytes]) -> HttpResponse | Packed | None:
    found: HttpResponse | Packed | None = None
    for piece in pieces:
        assert found is None
        found = answers.feed(piece)
    return found


def cut(data: bytes, at: list[int]) -> Iterator[bytes]:
    bounds = [0, *sorted({place % len(data) for place in at} - {0}), len(data)]
    return (data[start:end] for start, end in pairwise(bounds))


@pytest.mark.parametrize(("data", "status", "body", "reusable"), WHOLE)
@given(at=st.lists(st.integers(0, 200), max_size=20))
def test_answer_is_the_same_in_whatever_pieces_it_arrives(
    data: bytes, status: int, body: bytes, at: list[int], *, reusable: bool
) -> None:
    answers = Answers()
    for _ in range(2 if reusable else 1):
        answers.expect(LIMIT)
        answer = feed(answers, cut(data, at))
        assert answer is not None
        assert (answer.status, answer.body, answers.is_reusable) == (status, body, reusable)


@given(data=st.binary(max_size=300), more=st.binary(max_size=300))
def test_anything_is_an_answer_or_not_http(data: bytes, more: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"):
        answers = Answers()
        answers.expect(LIMIT)
        try:
            answers.feed(start + data)
            answers.feed(more)
            answers.finish()
        except (AnswerTooLargeError, httpx.DecodingError, httpx.RemoteProtocolError):
            pass


def test_headers_of_one_name_are_a_list() -> None:
    answers = Answers()
    answers.expect(LIMIT)
    answer = answers.feed(b"HTTP/1.1 204 N\r\nWarning: a\r\nx-b: \xe9\r\nwarning: b, c\r\n\r\n")
    assert answer is not None
    assert answer.headers == {"warning": "a, b, c", "x-b": "é"}


def test_announcements_leave_nothing() -> None:
    answers = Answers()
    answers.expect(LIMIT)
    announced = b"HTTP/1.1 103 H\r\nlink: x\r\ncontent-encoding: gzip\r\n\r\n"
    answer = answers.feed(announced + b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    assert answer is not None
    assert (answer.headers, answer.body) == ({"content-length": "2"}, b"ok")


def test_trailers_do_not_pass_for_headers() -> None:
    answers = Answers()
    answers.expect(LIMIT)
    head = b"HTTP/1.1 200 OK\r\nretry-after: 1\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = answers.feed(head + b"2\r\nok\r\n0\r\nretry-after: 2\r\nx-elastic-product: x\r\n\r\n")
    assert answer is not None
    assert answer.headers == {"retry-after": "1", "transfer-encoding": "chunked"}


@pytest.mark.parametrize("coding", [b"gzip  ", b"\tGzip\t", b"x-gzip", b"", b"  ", b"identity"])
def test_space_around_values_means_nothing(coding: bytes) -> None:
    answers = Answers()
    answers.expect(LIMIT)
    body = PACKED if b"zip" in coding.lower() else b"[1,2,3]"
    answer = answers.feed(packed(body, coding))
    assert answer is not None
    assert answer.body == b"[1,2,3]"


class TestEnd:
    def test_answer_without_a_length_ends_with_the_connection(self) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        assert answers.feed(b"HTTP/1.1 200 OK\r\n\r\nsome") is None
        assert answers.feed(b"thing") is None
        answer = answers.finish()
        assert answer is not None
        assert (answer.body, answers.is_reusable) == (b"something", False)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        ],
    )
    def test_other_answers_are_not_whole_then(self, data: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        answers.feed(data)
        assert answers.finish() is None


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "data",
        [
            b"SSH-2.0-OpenSSH\r\n\r\n",
            b"<html></html>",
            b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
        ],
    )
    def test_what_is_not_http(self, data: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        with pytest.raises(httpx.RemoteProtocolError):
            answers.feed(data)

    @pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n"])
    def test_a_head_without_end(self, start: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        line = b"y" * 1000 if start.endswith(b" ") else b"a: b\r\n"
        with pytest.raises(httpx.RemoteProtocolError):
            feed(answers, iter([start] + [line] * (BARE_LIMIT // len(line) + 1)))

    @pytest.mark.parametrize("line", [b"y" * 1000, b"a: b\r\n"])
    def test_trailers_without_end(self, line: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        start = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
        with pytest.raises(httpx.RemoteProtocolError):
            feed(answers, iter([start, b"x: ", *[line] * (BARE_LIMIT // len(line) + 1)]))

    def test_a_chunk_whose_extensions_do_not_end(self) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        start = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x="
        with pytest.raises(httpx.RemoteProtocolError):
            feed(answers, iter([start, *[b"y" * 1000] * (BARE_LIMIT // 1000 + 1)]))

    @pytest.mark.parametrize("rest", [b"x", gzip.compress(b""), b"\x00" * 900])
    def test_more_than_one_gzip_member(self, rest: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        with pytest.raises(httpx.DecodingError):
            feed(answers, iter([packed(PACKED + rest)[: -len(rest)], rest]))

    def test_a_packed_body_above_the_limit_that_unpacks_to_nothing(self) -> None:
        packer = zlib.compressobj(wbits=31)
        nothing = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH) * (LIMIT // 5 + 1)
        answers = Answers()
        answers.expect(LIMIT)
        with pytest.raises(AnswerTooLargeError):
            answers.feed(packed(nothing))

    def test_a_head_without_end_before_the_answer(self) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        with pytest.raises(httpx.RemoteProtocolError):
            feed(answers, iter([b"HTTP/1.1 103 H\r\n\r\n"] * BARE_LIMIT))

    @pytest.mark.parametrize(
        "data",
        [
            packed(b"[1,2,3]"),
            packed(PACKED[:-1]),
            packed(PACKED + b"x"),
            packed(PACKED, b"br"),
            packed(PACKED, b"gzip, gzip"),
        ],
    )
    def test_what_cannot_be_unpacked(self, data: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        with pytest.raises(httpx.DecodingError):
            answers.feed(data)

    @pytest.mark.parametrize("size", [LIMIT + 1, 100 * LIMIT, 100_000 * LIMIT])
    @pytest.mark.parametrize("pack", [False, True])
    def test_a_body_above_the_limit(self, size: int, *, pack: bool) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        body = gzip.compress(b"x" * size) if pack else b"x" * size
        with pytest.raises(AnswerTooLargeError):
            answers.feed(packed(body, b"gzip" if pack else b"identity"))

    def test_a_body_at_the_limit_is_not(self) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        answer = answers.feed(packed(gzip.compress(b"x" * LIMIT)))
        assert answer is not None
        assert len(answer.body) == LIMIT

    @pytest.mark.parametrize(
        "surplus", [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno", b"HTTP", b"garbage", b"\r\n."]
    )
    def test_what_nobody_asked_for_ends_the_connection_and_not_the_answer(self, surplus: bytes) -> None:
        answers = Answers()
        answers.expect(LIMIT)
        answer = answers.feed(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" + surplus)
        assert answer is not None
        assert (answer.body, answers.is_reusable) == (b"ok", False)
