"""SIGHUP: what can be had without a restart is read again; all of it, or none if anything is wrong.

settings --> certificates of both faces, credentials and certificates for the clusters, level of the log
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from searchway import logs
from searchway.errors import SettingsError
from searchway.settings import Settings
from searchway.settings.changes import differences, keep_ports, renew

Load = Callable[[], Settings]
"""Reads the settings as they were read at the start. Raises SettingsError."""
Prepare = Callable[[Settings], Callable[[], None]]
"""Reads what a part needs of the settings, files included, and returns what puts it to use. Raises SettingsError."""


class Reloader:
    """Reads the settings again."""

    def __init__(
        self, settings: Settings, load: Load, parts: Iterable[Prepare], log: structlog.typing.FilteringBoundLogger
    ) -> None:
        """Take the settings that hold, and the parts that can take others."""
        self.settings = settings
        """Those that hold."""
        self._load = load
        self._parts = [*parts, logs.prepare]
        self._log = log
        self._busy = asyncio.Lock()
        self._tasks: set[asyncio.Task[bool]] = set()

    def request(self) -> None:
        """Read them again soon."""
        task = asyncio.create_task(self.reload())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def reload(self) -> bool:
        """Read them again, say in the log what became of it, and return whether they are good."""
        async with self._busy:
            try:
                new = keep_ports(self.settings, await asyncio.to_thread(self._load))
                renewed = renew(self.settings, new)
                uses = await asyncio.to_thread(lambda: [prepare(renewed) for prepare in self._parts])
            except SettingsError as error:
                self._log.error("settings not reloaded", problems=str(error).splitlines())
                return False
            except Exception:  # noqa: BLE001  # a defect must not pass in silence
                self._log.exception("settings not reloaded")
                return False
            for use in uses:
                use()
            self._say(renewed, new)
            return True

    def _say(self, renewed: Settings, new: Settings) -> None:
        changed = differences(self.settings, renewed)
        if left := differences(renewed, new):
            self._log.warning("settings need a restart", keys=left)
        self.settings = renewed
        self._log.info("settings reloaded", changed=changed)
