"""What the settings say of sharing requests, and what sharing saved: asked and told by operation."""

from functools import cache

from searchway.contract.catalog import Catalog
from searchway.engine.telemetry import Telemetry
from searchway.engine.window import Window
from searchway.errors import CallError, SettingsError
from searchway.settings import BatchingSettings


class Sharing:
    """The settings, checked against the operations that there are."""

    def __init__(self, settings: BatchingSettings, catalog: Catalog, telemetry: Telemetry) -> None:
        """Check the settings.

        Raises:
            SettingsError: they name an operation that there is not.
        """
        _check(settings, catalog)
        self._settings = settings
        self._telemetry = telemetry
        self.window = cache(self._window)
        """Returns for how long calls of an operation wait for others."""

    def shares(self, operation: str) -> bool:
        """Tell whether identical reads are one request."""
        own = self._settings.of(operation)
        return own.enabled and own.single_flight

    def joins(self, operation: str) -> bool:
        """Tell whether calls of one kind are one request."""
        return self._settings.of(operation).enabled

    def size(self, operation: str) -> int:
        """Return the most calls in one request."""
        return self._settings.of(operation).max_size

    def boarded(self, operation: str) -> None:
        """Note a read that was answered by the request of another one."""
        self._telemetry.shared(operation, "flight")

    def joined(self, operation: str, calls: int) -> None:
        """Note how many calls got their answers from one request."""
        self._telemetry.joined(operation, calls)
        self._telemetry.shared(operation, "batch", max(calls - 1, 0))

    def _window(self, operation: str) -> Window:
        return Window(self._settings.of(operation).window_ms / 1000)


def _check(settings: BatchingSettings, catalog: Catalog) -> None:
    for name in settings.operations:
        try:
            catalog.operation(name)
        except CallError as error:
            raise SettingsError(f"batching.operations: {error.failure.message}") from None
