"""The served page and its assets: headers, caching, and what happens where nothing was built."""

import html
import json
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from searchway.graph.page import STATIC, graphiql_page, graphiql_routes, wants_page

SCRIPT = "console.log('a script long enough to be worth compressing');\n" * 40
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "assets" / "abc").mkdir(parents=True)
    (tmp_path / "assets" / "abc" / "main.js").write_text(SCRIPT)
    (tmp_path / "index.html").write_text('<div data-gateway="{{gateway}}"></div>')
    return tmp_path


async def get(static: Path, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=graphiql_routes(static)))
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return await client.get(path, headers={"accept-encoding": "identity"} | names)


async def test_asset_is_kept_by_browsers(static: Path) -> None:
    answer = await get(static, "/graphiql/abc/main.js")
    assert answer.text == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_asset_is_compressed(static: Path) -> None:
    answer = await get(static, "/graphiql/abc/main.js", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == SCRIPT


async def test_asset_is_not_sent_again_when_unchanged(static: Path) -> None:
    tag = (await get(static, "/graphiql/abc/main.js")).headers["etag"]
    assert (await get(static, "/graphiql/abc/main.js", if_none_match=tag)).status_code == 304


@pytest.mark.parametrize("path", ["/graphiql/abc/none.js", "/graphiql/", "/graphiql/%2e%2e/index.html"])
async def test_unknown_asset_is_404(static: Path, path: str) -> None:
    assert (await get(static, path)).status_code == 404


async def test_assets_are_404_when_never_built(tmp_path: Path) -> None:
    assert (await get(tmp_path / "nowhere", "/graphiql/abc/main.js")).status_code == 404


def test_page_is_told_of_the_gateway(static: Path) -> None:
    told = json.dumps({"examples": [{"query": '{ a(b: "<c>&quot;") }'}]})
    page = bytes(graphiql_page(told, static_dir=static).body).decode()
    text = page.removeprefix('<div data-gateway="').removesuffix('"></div>')
    assert not set('<>"') & set(text)
    assert html.unescape(text) == told


async def test_root_leads_to_the_page(static: Path) -> None:
    answer = await get(static, "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "graphql")


def test_page_allows_no_other_origin(static: Path) -> None:
    headers = graphiql_page(static_dir=static).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "http" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-cache"


def test_page_says_how_to_build_when_never_built(tmp_path: Path) -> None:
    page = graphiql_page(static_dir=tmp_path)
    assert page.status_code == 200
    assert b"graphiql/build.py" in bytes(page.body)
    assert (STATIC.parent / "graphiql" / "build.py").is_file()


@pytest.mark.parametrize(
    ("method", "accept", "wanted"),
    [
        ("GET", BROWSER, True),
        ("HEAD", "Text/HTML", True),
        ("POST", BROWSER, False),
        ("GET", "*/*", False),
        ("GET", "", False),
        ("GET", "application/json", False),
        ("GET", "application/graphql-response+json, text/html;q=0.1", False),
    ],
)
def test_page_is_for_browsers_only(method: str, accept: str, wanted: bool) -> None:
    headers = [(b"accept", accept.encode())] if accept else []
    assert wants_page(Request({"type": "http", "method": method, "headers": headers})) is wanted
