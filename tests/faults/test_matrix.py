"""Whatever a cluster does to a request, callers get the right error, writes are not repeated, and the next call is fine."""

import pytest
from structlog.testing import capture_logs

from faults.matrix import problems, run
from faults.modes import CREDENTIALS, MODES, Mode


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
async def test_a_mode(mode: Mode) -> None:
    with capture_logs() as lines:
        assert list(problems(await run(mode))) == []
    assert [secret for secret in CREDENTIALS if secret in str(lines)] == []


def test_modes_have_names_of_their_own() -> None:
    assert len({mode.name for mode in MODES}) == len(MODES)
