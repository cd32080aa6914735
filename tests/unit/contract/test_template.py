from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.contract.template import PathTemplate, TemplateError, Variable, escape, parse_template


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("/_cat/allocation", ("_cat", "allocation")),
        ("/{index}/_shrink/{target}", (Variable("index", leads=True), "_shrink", Variable("target"))),
        ("/_rules/{feature_type}/{rule_id}", ("_rules", Variable("feature_type"), Variable("rule_id"))),
    ],
)
def test_template_is_parsed_and_printed_back(text: str, segments: tuple[str | Variable, ...]) -> None:
    template = parse_template(text)
    assert template.segments == segments
    assert str(template) == text


@pytest.mark.parametrize(
    "text", ["", "/", "a/b", "/a//b", "/a/", "/{index", "/{Index}", "/a b", "/{a.b}", "/{a=*}", "/a:verb"]
)
def test_template_outside_of_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        parse_template(text)


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("../../_cluster/settings", "..%2F..%2F_cluster%2Fsettings"),
        ("a/b", "a%2Fb"),
        ("x?pretty", "x%3Fpretty"),
        ("%2e%2e", "%252e%252e"),
        ("..;/", "..%3B%2F"),
        ("a#b", "a%23b"),
        ("ü", "%C3%BC"),
        ("a,b*", "a,b*"),
        ("<logs-{now/d}>", "%3Clogs-%7Bnow%2Fd%7D%3E"),
        ("\r\nHost: x", "%0D%0AHost%3A%20x"),
    ],
)
def test_escaped_argument_is_one_segment(value: str, escaped: str) -> None:
    assert escape(value) == escaped


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2))
def test_expanded_path_gives_its_arguments_back(values: list[str]) -> None:
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair, which inputs refuse
    path = parse_template("/{index}/_shrink/{target}").expand({"index": values[0], "target": values[1]})
    assert [unquote(part) for part in path.split("/")] == ["", values[0], "_shrink", values[1]]


def test_prefix_is_replaced_by_whole_segments() -> None:
    template = parse_template("/_plugins/_ism/policies/{id}")
    assert str(template.replace_prefix("_plugins/_ism", "_opendistro/_ism")) == "/_opendistro/_ism/policies/{id}"


def test_prefix_that_is_not_there_is_refused() -> None:
    with pytest.raises(TemplateError):
        PathTemplate(("_cat",)).replace_prefix("_plugins", "_opendistro")


def test_variables_know_the_literals_that_other_routes_have_in_their_places() -> None:
    others = list(
        map(parse_template, ["/_tasks", "/_tasks/_cancel", "/_tasks/stats/{id}", "/_nodes/hot", "/{index}/_doc/{id}"])
    )
    assert parse_template("/_tasks/{id}").among(others).segments == (
        "_tasks",
        Variable("id", beside=frozenset({"_cancel", "stats", "_doc"})),
    )
    assert parse_template("/{index}").among(others).segments == (
        Variable("index", leads=True, beside=frozenset({"_tasks", "_nodes"})),
    )
