"""Print the matrix: `PYTHONPATH=tests python -m faults` from the root of the checkout."""

import asyncio
import logging
import sys

import structlog
import uvloop

from faults.matrix import problems, run, table
from faults.modes import MODES


async def print_matrix() -> None:
    """Run every row; the table goes to standard output, what is wrong to standard error."""
    rows = [await run(mode) for mode in MODES]
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in table(rows))
    sys.stderr.writelines(f"{problem}\n" for row in rows for problem in problems(row))


structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(print_matrix())
