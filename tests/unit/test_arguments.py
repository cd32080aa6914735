import io
import sys
from pathlib import Path

import pytest

from searchway import arguments


@pytest.mark.parametrize("text", ["127.0.0.1:50051", "localhost:1", "gateway.example.org:65535", "[::1]:9"])
def test_address_of_a_gateway_is_taken_as_it_is(text: str) -> None:
    assert arguments.host_port(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "a", ":1", "a:", "a:0", "a:65536", "a:b", "http://a:1", "a/b:1", "::1:9", "[::1]", "a..b:1", "unix:/a:1"],
)
def test_address_of_no_gateway_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected host:port$"):
        arguments.host_port(text)


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), ("3", 3), ("1e12", 31_536_000), ("inf", 31_536_000)])
def test_seconds_end_some_day(text: str, value: float) -> None:
    assert arguments.seconds(text) == value


@pytest.mark.parametrize("text", ["0", "-3", "nan", "soon", ""])
def test_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected a number of seconds above 0$"):
        arguments.seconds(text)


def test_text_may_stand_in_a_file_or_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text('{"ü": 1}\n', encoding="utf-8")
    assert arguments.document("{}") == "{}"
    assert arguments.document(f"@{tmp_path}/a.json") == '{"ü": 1}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}"), encoding="utf-8"))
    assert arguments.document("@-") == "{}"


@pytest.mark.parametrize("name", ["nope.json", "", "latin.json"])
def test_text_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "latin.json").write_bytes(b"\xfc")
    with pytest.raises(ValueError, match=r"(No such file or directory|Is a directory|expected UTF-8)$"):
        arguments.document(f"@{tmp_path / name}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X-Opaque-Id: a", ("x-opaque-id", "a")),
        ("authorization:Basic YTpi:", ("authorization", "Basic YTpi:")),
        ("authorization: @{}/secret", ("authorization", "Bearer s3cret")),
    ],
)
def test_header_is_a_name_and_a_value(tmp_path: Path, text: str, expected: tuple[str, str]) -> None:
    (tmp_path / "secret").write_text("Bearer s3cret\n")
    assert arguments.header(text.format(tmp_path)) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hush", "expected 'NAME: VALUE' or 'NAME: @FILE'"),
        ("hush:", "expected 'NAME: VALUE' or 'NAME: @FILE'"),
        (":path: hush", "expected 'NAME: VALUE' or 'NAME: @FILE'"),
        ("authorization=hush", "expected 'NAME: VALUE' or 'NAME: @FILE'"),
        ("a b: hush", "expected 'NAME: VALUE' or 'NAME: @FILE'"),
        ("authorization: hüsh", "authorization: expected a value of printable ASCII on one line"),
        ("authorization: @{}/lines", "authorization: expected a value of printable ASCII on one line"),
        ("authorization: @{}/empty", "authorization: expected a value of printable ASCII on one line"),
        ("authorization: @{}/none", "cannot read {}/none: No such file or directory"),
        ("grpc-timeout: 1S", "expected a header of the caller's, and grpc-timeout is set by the protocol"),
        ("x-key-bin: hush", "expected a header of the caller's, and x-key-bin is set by the protocol"),
        ("TE: hush", "expected a header of the caller's, and TE is set by the protocol"),
    ],
)
def test_header_that_cannot_be_sent_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "lines").write_text("hush\nhush")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole of it is compared
        arguments.header(text.format(tmp_path))
    assert str(caught.value) == problem.format(tmp_path)


@pytest.mark.parametrize("name", ["policy.json", "there"])
def test_file_without_its_sign_gets_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "there").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=f"^expected JSON; @{name} takes it out of the file$"):
        arguments.document(name)
