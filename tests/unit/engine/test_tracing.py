import re

import pytest

from searchway.engine.call import Call
from searchway.engine.tracing import sent_as, shared_call, trace_id

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CONTEXT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")


def call(**headers: str) -> Call:
    return Call(face="cli", request_id="mine", headers={name.replace("_", "-"): v for name, v in headers.items()})


def test_a_shared_request_has_tracing_headers_of_its_own_and_all_that_is_common() -> None:
    tracing = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "a=b", "x_opaque_id": "mine"}
    shared = shared_call([call(authorization="a", x_tenant="t", **tracing), call(authorization="a", x_tenant="t")])
    assert shared.headers.keys() == {"authorization", "x-tenant", "traceparent"}
    assert CONTEXT.fullmatch(shared.headers["traceparent"])
    assert TRACE not in shared.headers["traceparent"]
    assert trace_id(shared) == shared.request_id
    assert shared.request_id != shared_call([call()]).request_id


@pytest.mark.parametrize(
    ("flags", "sampled"), [(("00", "00"), "00"), (("00", "01"), "01"), (("03", "00"), "01"), (("02", "fe"), "00")]
)
def test_it_is_sampled_if_one_of_its_callers_is(flags: tuple[str, str], sampled: str) -> None:
    shared = shared_call([call(traceparent=f"00-{TRACE}-{SPAN}-{flag}") for flag in flags])
    assert shared.headers["traceparent"].endswith(f"-{sampled}")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (f"00-{TRACE}-{SPAN}-01", TRACE),
        (f"01-{TRACE}-{SPAN}-01-later", TRACE),
        (f"ff-{TRACE}-{SPAN}-01", ""),
        (f"00-{'0' * 32}-{SPAN}-01", ""),
        (f"00-{TRACE}-{'0' * 16}-01", ""),
        (f"00-{TRACE.upper()}-{SPAN}-01", ""),
        (f"00-{TRACE}-{SPAN}-01\n", ""),
        (f"00-{TRACE}-{SPAN}-01-{'x' * 20_000}", ""),
        ("x" * 20_000, ""),
        ("\ud83d", ""),
        ("", ""),
    ],
)
def test_only_a_valid_context_names_a_trace(given: str, found: str) -> None:
    assert trace_id(call(traceparent=given)) == found
    assert CONTEXT.fullmatch(shared_call([call(traceparent=given)]).headers["traceparent"])


def test_a_call_that_carries_itself_is_seen_under_its_own_name() -> None:
    alone, flight, batch = call(), shared_call([call()]), shared_call([call()])
    assert sent_as(alone, alone) == ""
    assert sent_as(alone, flight) == flight.request_id
    flight.sent_as = batch.request_id
    assert sent_as(alone, flight) == batch.request_id
