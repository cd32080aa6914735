import pytest

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.engines import ENGINES
from searchway.sandbox.errors import TextError
from searchway.sandbox.router import Router, route


def handler(_cluster: object, _call: Call) -> Reply:
    return Reply(body={})


ROUTES = [
    route("GET PUT DELETE", "/{index}", handler),
    route("GET PUT DELETE", "/_data_stream/{name}", handler),
    route("POST", "/_data_stream/_modify", handler),
    route("PUT POST", "/{index}/_doc/{id}", handler),
    route("GET HEAD", "/", handler),
]
ROUTER = Router(ENGINES["opensearch"], ROUTES)


@pytest.mark.parametrize(
    ("method", "path", "template", "variables"),
    [
        ("GET", "/", "/", {}),
        ("GET", "/a", "/{index}", {"index": "a"}),
        ("GET", "/a/", "/{index}", {"index": "a"}),
        ("PUT", "/a/_doc/b%2Fc", "/{index}/_doc/{id}", {"index": "a", "id": "b/c"}),
        ("PUT", "/a/_doc/b%252Fc", "/{index}/_doc/{id}", {"index": "a", "id": "b%2Fc"}),
        ("PUT", "/a/_doc/%2e%2e", "/{index}/_doc/{id}", {"index": "a", "id": ".."}),
        ("PUT", "/%C3%BC/_doc/x+y", "/{index}/_doc/{id}", {"index": "ü", "id": "x+y"}),
        ("POST", "/_data_stream/_modify", "/_data_stream/_modify", {}),
        ("GET", "/_data_stream/_modify", "/_data_stream/{name}", {"name": "_modify"}),
    ],
)
def test_finds(method: str, path: str, template: str, variables: dict[str, str]) -> None:
    found, values = ROUTER.find(method, path)
    assert (found.template, values) == (template, variables)


@pytest.mark.parametrize(
    ("method", "path", "status", "text", "allow"),
    [
        ("GET", "/a/b/c/d", 400, "no handler found for uri [/a/b/c/d] and method [GET]", None),
        ("PUT", "//_doc/1", 400, "no handler found for uri [//_doc/1] and method [PUT]", None),
        ("POST", "/a", 405, "allowed: [GET, PUT, DELETE]", "GET,PUT,DELETE"),
        ("PATCH", "/_data_stream/_modify", 405, "allowed: [GET, PUT, POST, DELETE]", "GET,PUT,POST,DELETE"),
    ],
)
def test_refuses(method: str, path: str, status: int, text: str, allow: str | None) -> None:
    with pytest.raises(TextError) as caught:
        ROUTER.find(method, path)
    assert caught.value.status == status
    assert text in caught.value.text
    assert caught.value.headers.get("Allow") == allow
