"""The processes that serve: this one alone, or with workers beside it that share its ports."""

import multiprocessing
import sys
from collections.abc import Callable

import structlog

from searchway.errors import SettingsError
from searchway.server.process import Ports, run
from searchway.settings import Settings

_log = structlog.get_logger("searchway")


def serve(settings: Settings, announce: Callable[[Ports], None], prepare: Callable[[Settings], None]) -> None:
    """Serve until SIGINT or SIGTERM; then let the calls in flight end, unless a second signal comes.

    Args:
        settings: the settings.
        announce: called once when both faces listen.
        prepare: called first in each process that serves; a function of a module, which other processes can import.

    Raises:
        SettingsError: an address cannot be listened at, or a file of a cluster cannot be used.
    """
    prepare(settings)
    if settings.workers == 1:
        run(settings, announce)
        return
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_work, args=(settings, prepare)) for _ in range(settings.workers - 1)]
    for process in others:
        process.start()
    try:
        run(settings, announce)
    finally:
        for process in others:
            process.terminate()
            process.join()


def _work(settings: Settings, prepare: Callable[[Settings], None]) -> None:
    prepare(settings)
    try:
        run(settings, lambda _ports: None)
    except SettingsError as error:
        _log.error("a worker cannot serve", problem=str(error))
        sys.exit(2)
