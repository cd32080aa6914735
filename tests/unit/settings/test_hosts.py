from contextlib import suppress

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from searchway.settings.hosts import Node, is_host

NODE: TypeAdapter[str] = TypeAdapter(Node)


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("localhost", True),
        ("es-1.example.org", True),
        ("es-1.example.org.", True),
        ("docker_es_1", True),
        ("10-0-0-1", True),
        ("a" * 63 + ".example", True),
        ("bücher.example", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("", False),
        (".", False),
        ("a..b", False),
        (".a", False),
        ("-a", False),
        ("a" * 64 + ".example", False),
        (".".join(["a" * 60] * 5), False),
        ("。x", False),
        ("☃.example", False),
        ("ü" * 64, False),
        ("1.2.3.400", False),
        ("1.2.3", False),
        ("a b", False),
        ("a%20b", False),
        ("a/b", False),
    ],
)
def test_host_is_an_address_or_a_name(host: str, good: bool) -> None:
    assert is_host(host) is good


@pytest.mark.parametrize(
    "url",
    ["http://a..b:9200", f"http://{'a' * 64}", "http://。x", "http://[::1", "http://[x]", "http://a\tb", " http://a", "http://a /", "http://a:0", "ftp://a", "http:a", "http://"],
)  # fmt: skip
def test_url_of_no_node_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="expected a URL such as https://host:9200"):
        NODE.validate_python(url)


@given(st.from_regex(r"https?://[^/]{1,20}(:[0-9]{1,5})?(/.{0,5})?", fullmatch=True))
@example("http://1.2.3.04")
@example("http://ß")
@example("http://[fe80::1%eth0]:9200")
def test_node_that_is_accepted_can_be_asked(url: str) -> None:
    with suppress(ValidationError):
        assert httpx.URL(NODE.validate_python(url)).host
