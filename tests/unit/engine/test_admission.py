import pytest

from searchway.engine.admission import Admission
from searchway.errors import CallError, Code


def test_calls_above_the_bound_are_refused_until_one_leaves() -> None:
    admission = Admission(2)
    with admission:
        with admission:
            with pytest.raises(CallError, match="more than 2 calls") as caught, admission:
                pass
            assert (caught.value.code, caught.value.failure.retryable) == (Code.RESOURCE_EXHAUSTED, True)
        with admission:
            pass


def test_call_that_fails_leaves_too() -> None:
    admission = Admission(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), admission:
            raise ZeroDivisionError
