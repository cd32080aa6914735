"""Watches: work that goes on in the cluster, followed by asking the tasks API, with pauses that grow."""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from searchway.errors import CallError, Code, Failure, InvalidArgumentError
from searchway.transcode.failures import item_failure

_EXECUTE, _GET_TASK, _LIST_TASKS = "enrich.ExecutePolicy", "tasks.GetTask", "tasks.ListTasks"

# The action under which engines run policies in the background, whatever action began the run:
# https://github.com/elastic/elasticsearch/blob/main/x-pack/plugin/enrich/src/main/java/org/elasticsearch/xpack/enrich/EnrichPolicyExecutor.java
_ACTION = "policy_execution"
_BUSY = 429
_SHORTEST, _USUAL = 0.1, 2.0
_UNITS = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_ENDS = {"FAILED": Code.UNKNOWN, "CANCELLED": Code.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How the work is doing."""

    document: Mapping[str, Any]
    """What the message has, as an answer of the cluster would say it."""
    failure: Failure | None = None
    """Why it failed."""


class Calls(Protocol):
    """What a watch may do, for its caller."""

    async def ask(self, name: str, values: Mapping[str, Any], /) -> Mapping[str, Any]:
        """Call an operation; return its answer as it came. Raises CallError."""

    async def pause(self, seconds: float, /) -> None:
        """Wait; raises CallError at the caller's deadline."""


async def watch_policy_execution(message: Any, calls: Calls) -> AsyncGenerator[State, None]:
    """Begin a run of an enrich policy, or find the one that is under way, and tell how it is doing until it ends.

    Raises:
        CallError: the policy cannot be run, or the tasks cannot be asked.
    """
    pauses = _pauses(message)
    task, joined = await _begin(message, calls)
    while not task:
        yield State(document={"finished": False, "joined": True})
        await calls.pause(next(pauses))
        task, joined = await _begin(message, calls)
    while True:
        state = await _look(message.name, task, calls, joined=joined)
        yield state
        if state.document["finished"]:
            return
        await calls.pause(next(pauses))


async def _begin(message: Any, calls: Calls) -> tuple[str, bool]:
    """Return the task of a new run, or of the one that is under way (empty if it is not found), and whether it was."""
    given = {"master_timeout": message.master_timeout} if message.master_timeout else {}
    try:
        answer = await calls.ask(_EXECUTE, {"name": message.name, "wait_for_completion": False, **given})
    except CallError as error:
        if not _is_under_way(error):
            raise
        return await _find(message.name, calls), True
    return str(answer.get("task", "")), False


def _is_under_way(error: CallError) -> bool:
    """Tell the lock of a policy from other refusals: a precondition by judgement, a 429 by status."""
    return error.code is Code.FAILED_PRECONDITION and error.failure.http_status == _BUSY


async def _find(name: str, calls: Calls) -> str:
    """Return the task that runs the policy, whose description is its name or, of later engines, has it in brackets."""
    answer = await calls.ask(_LIST_TASKS, {"actions": [_ACTION], "detailed": True})
    for task in answer.get("tasks") or ():
        description = str(task.get("description", ""))
        if description == name or f"policy [{name}]" in description:
            return f"{task['node']}:{task['id']}"
    return ""


async def _look(name: str, task: str, calls: Calls, *, joined: bool) -> State:
    known = {"joined": joined, "task": task}
    try:
        answer = await calls.ask(_GET_TASK, {"task_id": task})
    except CallError as error:
        if error.code is not Code.NOT_FOUND:
            raise
        return State(document={**known, "finished": True})
    return _state(name, known, answer)


def _state(name: str, known: Mapping[str, Any], answer: Mapping[str, Any]) -> State:
    task = answer.get("task") or {}
    status = task.get("status") or answer.get("response") or {}
    failure = _failure(name, status.get("phase"), answer.get("error"))
    phase = "FAILED" if failure and not status else status.get("phase")
    finished = bool(answer.get("completed")) or failure is not None or phase == "COMPLETE"
    told = {"phase": phase, "step": status.get("step"), "running_time_in_nanos": task.get("running_time_in_nanos")}
    return State(document={**known, "finished": finished, **told}, failure=failure)


def _failure(name: str, phase: str | None, error: Any) -> Failure | None:
    if isinstance(error, Mapping):
        return item_failure(error, item=name, operation=_EXECUTE)
    if phase not in _ENDS:
        return None
    return Failure(
        code=_ENDS[phase], message=f"the run of the policy ended as {phase}; the engine's log says why", item=name
    )


def _pauses(message: Any) -> Iterator[float]:
    """Return pauses that double up to the longest."""
    longest = _seconds(message.poll_interval) if message.poll_interval else _USUAL
    if longest < _SHORTEST:
        raise InvalidArgumentError("poll_interval", f"expected at least 100ms, got {message.poll_interval}")
    return _growing(longest)


def _growing(longest: float) -> Iterator[float]:
    pause = _SHORTEST
    while True:
        yield min(pause, longest)
        pause *= 2


def _seconds(text: str) -> float:
    """Return a length of time, which is a number with a unit or a plain number, in seconds."""
    number, unit = re.fullmatch(r"(-?[\d.]+)([a-z]*)", text).groups()  # type: ignore[union-attr]  # it was checked
    return float(number) * _UNITS.get(unit, 0.0)
