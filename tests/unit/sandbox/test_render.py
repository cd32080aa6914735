from typing import Any

import pytest

from searchway.sandbox.call import Raw
from searchway.sandbox.render import render

EXACT = b'{"a":  1E2, "b":0.10000000000000000555}'


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"a": 1}, b'{"a":1}'),
        ({"_source": Raw(text=EXACT)}, b'{"_source":' + EXACT + b"}"),
        ({"n": 1 << 70}, b'{"n":1180591620717411303424}'),
        ([{"n": 1 << 70, "s": Raw(text=b"[1, 2]"), "x": [None, True, 0.5]}], None),
        ({"é": '"'}, '{"é":"\\""}'.encode()),
    ],
)
def test_compact(document: Any, expected: bytes | None) -> None:
    wanted = expected or b'[{"n":1180591620717411303424,"s":[1, 2],"x":[null,true,0.5]}]'
    assert render(document) == wanted


def test_indented_as_the_engines_do() -> None:
    document = {"a": {"b": [1, {"c": None}], "d": {}, "e": []}, "s": Raw(text=b'{"x":1}')}
    assert render(document, pretty=True).decode() == (
        '{\n  "a" : {\n    "b" : [\n      1,\n      {\n        "c" : null\n      }\n    ],\n'
        '    "d" : { },\n    "e" : [ ]\n  },\n  "s" : {"x":1}\n}\n'
    )


def test_a_filter_renders_sources_anew() -> None:
    rendered = render({"hits": [{"_source": Raw(text=EXACT)}], "took": 1}, filter_path="hits._source")
    assert rendered == b'{"hits":[{"_source":{"a":100.0,"b":0.1}}]}'


def test_a_filter_that_empties_an_array_leaves_no_body() -> None:
    assert render([{"a": 1}], filter_path="b") == b""
