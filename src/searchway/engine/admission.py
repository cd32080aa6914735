"""A bound on the calls that are worked on at the same time, so that a flood is refused early instead of filling the memory."""

from types import TracebackType

from searchway.errors import CallError, Code, Failure


class Admission:
    """Counts calls in; a context manager that may be entered many times at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0

    def __enter__(self) -> None:
        """Let a call in.

        Raises:
            CallError: RESOURCE_EXHAUSTED, there are too many already.
        """
        if self._inside >= self._most:
            problem = f"more than {self._most} calls at the same time"
            raise CallError(Failure(code=Code.RESOURCE_EXHAUSTED, message=problem, retryable=True, retry_delay_ms=100))
        self._inside += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let it out."""
        self._inside -= 1
