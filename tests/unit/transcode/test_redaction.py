import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode import causes
from searchway.transcode.causes import redact_cause
from searchway.transcode.redaction import ADDRESS, LONGEST, SECRET, keep_private, redact

REDACTED = [
    ("[node-1][10.1.2.3:9300] gone", f"[node-1][{ADDRESS}] gone"),
    ("es-1.internal/10.1.2.3:9300 is gone", f"{ADDRESS} is gone"),
    ("[2001:db8::1]:9300 is gone", f"{ADDRESS} is gone"),
    ("{node-1}{id}{ephemeral}{es-1}{10.1.2.3:9300}{dimr}", "{node-1}"),
    ("https://user:secret@www.elastic.co/x is gone", f"{ADDRESS} is gone"),
    ("Bearer eyJhbGciOi.abc.def is stale", f"Bearer {SECRET} is stale"),
    ("api_key: abc is stale", f"api_key: {SECRET} is stale"),
    ("<!DOCTYPE html><p>gone</p>", ""),
    ("two\n lines\x00", "two lines"),
    ("api_key: abc", f"api_key: {SECRET}"),
    ('quoted \\"password\\":\\"hunter2\\" is too short', f'quoted \\"password\\":{SECRET}\\" is too short'),
    ("[es-1.internal.corp][10.1.2.3:9300][cluster:admin/x] failed", f"[{ADDRESS}][{ADDRESS}][cluster:admin/x] failed"),
    ("node [es-1.internal.corp] left", f"node [{ADDRESS}] left"),
    ("UnknownHostException: es-1.internal.corp", f"UnknownHostException: {ADDRESS}"),
    ("cannot connect to es-1.internal.corp", f"cannot connect to {ADDRESS}"),
    ("publish_address known as es-1.internal.corp/10.1.2.3:9300", f"publish_address known as {ADDRESS}"),
    ('[Source: (a)"{"password":', "[Source"),
]


@pytest.mark.parametrize(("text", "clean"), REDACTED)
def test_what_callers_must_not_read_goes(text: str, clean: str) -> None:
    assert redact(text) == clean


HARMLESS = [
    "[1:25] [role_descriptor] unknown field [x]",
    "no such index [logs-2026.11.22-000001]",
    "index [<logs-{now/d}>] is closed",
    "at 12:30:45 the snapshot [nightly] was deleted",
    "see https://www.elastic.co/guide/en/elasticsearch/reference/8.19/x.html",
    "action [cluster:admin/xpack/security/role/put] is unauthorized for user [reader]",
    "letters of the Basic Latin (ASCII) block",
    "Failed to parse object: expecting token of type [FIELD_NAME] but found [END_OBJECT]",
    "OpenSearch 3.6.0 does not know [x]",
    "at org.example.Policies.read(Policies.java:123)",
    "node [node-1] does not match index setting [index.routing.allocation.include] filters",
    "cannot connect to org.elasticsearch.transport.TransportService",
    "node version [8.19.0] is newer than [8.18.1]",
    "unknown setting [node.attr.rack] on node [node.name]",
]


@pytest.mark.parametrize("reason", HARMLESS)
def test_useful_names_stay(reason: str) -> None:
    assert redact(reason) == reason


@given(address=st.ip_addresses().map(str), form=st.sampled_from(["at {}", "[{}]", "[{}]:9300", "es-1/{}", "{} left"]))
def test_no_address_stays(address: str, form: str) -> None:
    assert address not in redact(form.format(address)).replace(ADDRESS, "")


KNOWN = ["es-1.known.corp", "es7", "elasticsearch", "2001:db8::7"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("shard on es-1.known.corp is gone", f"shard on {ADDRESS} is gone"),
        ("shard on ES-1.known.corp. Gone", f"shard on {ADDRESS} Gone"),
        ("shard on es-2.known.corp is gone", f"shard on {ADDRESS} is gone"),  # a neighbour that no setting names
        ("shard on es7 is gone", f"shard on {ADDRESS} is gone"),
        ("shard of elasticsearch is gone", "shard of elasticsearch is gone"),  # a word as others
        ("shard of es77 is gone", "shard of es77 is gone"),
        ("field a.known.corp.b is gone", "field a.known.corp.b is gone"),
    ],
)
def test_nodes_that_the_settings_name_go(text: str, clean: str) -> None:
    keep_private(KNOWN)
    assert redact(text) == clean


@pytest.mark.parametrize("most", [10, 300, LONGEST])
def test_long_texts_are_cut_where_no_half_address_is_left(most: int) -> None:
    for shift in range(30):
        text = "x" * shift + " es-1.internal.corp:9200" * 500
        cut = redact(text, most)
        assert cut.endswith("…")
        assert len(cut) <= most + 1
        assert "es-1" not in cut


@given(text=st.text() | st.from_regex(r"([a-z.]{1,9}[:/. \[\]{}]{1,2}([0-9]{1,3}\.?){1,5}){1,40}"))
def test_clean_text_stays_as_it_is(text: str) -> None:
    clean = redact(text)
    assert redact(clean) == clean


HUGE = "a-" * 100_000
LARGE_CAUSES: list[dict[str, Any]] = [
    {
        "root_cause": [{"type": "r", "reason": HUGE}] * 50,
        "type": "t",
        "reason": "r",
        "caused_by": {"type": "c", "reason": HUGE},
    },
    {"type": "t", "reason": "r", **{f"key{number}": [HUGE] * 5 for number in range(2000)}},
    {"type": "t", "reason": "r", HUGE: HUGE},
    {"type": "t", "reason": "r", "list": [[HUGE] * 100] * 100},
]


@pytest.mark.parametrize("cause", LARGE_CAUSES, ids=lambda cause: ",".join(key[:9] for key in list(cause)[:3]))
def test_an_error_has_a_budget_and_what_says_most_comes_first(cause: dict[str, Any], monkeypatch: Any) -> None:
    read = []

    def count(text: str, most: int) -> str:
        read.append(min(len(text), most))
        return redact(text, most)

    monkeypatch.setattr(causes, "redact", count)
    for clean, is_cut in (redact_cause(cause), (causes.redact_texts(cause), True)):
        assert (clean["type"], clean["reason"], is_cut) == ("t", "r", True)
        assert len(str(clean)) < 20_000
    assert sum(read) < 2 * 20_000


def test_a_large_error_object_is_not_parsed_whole() -> None:
    text = json.dumps({"type": "t", "reason": HUGE, "root_cause": [{"reason": HUGE}] * 3}).encode()
    assert json.loads(causes.bound(text)) == {"type": "t", "reason": HUGE}
    assert causes.bound(text * 2) == b"{}"


REPEATS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "a", "root_cause": [{"type": "a"}]}, {"type": "a"}),
    ({"type": "a", "root_cause": [{"type": "b"}]}, {"type": "a", "root_cause": [{"type": "b"}]}),
    ({"type": "a", "caused_by": {"type": "a"}}, {"type": "a"}),
    ({"type": "a", "caused_by": {"type": "a", "caused_by": {"type": "b"}}}, {"type": "a", "caused_by": {"type": "b"}}),
]


@pytest.mark.parametrize(("cause", "clean"), REPEATS)
def test_a_cause_that_repeats_its_parent_is_left_out(cause: dict[str, Any], clean: dict[str, Any]) -> None:
    assert redact_cause(cause) == (clean, False)
