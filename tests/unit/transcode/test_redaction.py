from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode.causes import redact_cause
from searchway.transcode.redaction import ADDRESS, SECRET, redact

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
]


@pytest.mark.parametrize("reason", HARMLESS)
def test_useful_names_stay(reason: str) -> None:
    assert redact(reason) == reason


@given(address=st.ip_addresses().map(str), form=st.sampled_from(["at {}", "[{}]", "[{}]:9300", "es-1/{}", "{} left"]))
def test_no_address_stays(address: str, form: str) -> None:
    assert address not in redact(form.format(address)).replace(ADDRESS, "")


REPEATS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "a", "root_cause": [{"type": "a"}]}, {"type": "a"}),
    ({"type": "a", "root_cause": [{"type": "b"}]}, {"type": "a", "root_cause": [{"type": "b"}]}),
    ({"type": "a", "caused_by": {"type": "a"}}, {"type": "a"}),
    ({"type": "a", "caused_by": {"type": "a", "caused_by": {"type": "b"}}}, {"type": "a", "caused_by": {"type": "b"}}),
]


@pytest.mark.parametrize(("cause", "clean"), REPEATS)
def test_a_cause_that_repeats_its_parent_is_left_out(cause: dict[str, Any], clean: dict[str, Any]) -> None:
    assert redact_cause(cause) == (clean, False)
