"""Streams: many answers to one call, each made only when the one before has been taken.

    pages    the items of a list, fetched page by page as unary calls fetch them
    watches  what a family tells of work that goes on in the cluster

A stream has no end of its own time: each of its requests has the time of a call, all of them end with the caller's deadline.
Whoever reads a stream closes it, at the latest by leaving (`contextlib.aclosing`); nothing of it is left then.
"""

import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import orjson

from searchway.contract.records import Operation
from searchway.contract.selection import Selected, Selection
from searchway.engine.call import Call
from searchway.engine.merging import copy_fields
from searchway.engine.run import Parts, Run
from searchway.errors import CallError, Code, Failure, InvalidArgumentError, TransportError
from searchway.families import WATCHES
from searchway.families.documents import read_object
from searchway.families.watching import State
from searchway.transcode import inputs
from searchway.transcode.answer import UNREADABLE, Answer, malformed
from searchway.transcode.items import alone, raw_items
from searchway.transcode.request import encode

Stream = AsyncGenerator[Answer, None]

_TOKEN = "next_page_token"  # noqa: S105  # the name of a field


def open_stream(
    parts: Parts, operation: Operation, message: Any, call: Call, selection: Selection | None = None
) -> Stream:
    """Return the answers to a call of a streaming operation, each for a reader of that operation and selection.

    Raises:
        CallError: from the stream, at the beginning or midway: it ends there.
    """
    if operation.stream_of:
        return _pages(parts, operation, message, call, selection)
    return _watch(parts, operation, message, call)


def paged_run(parts: Parts, operation: Operation, message: Any, call: Call, selection: Selection | None = None) -> Run:
    """Return the run of the page at which a stream of items begins."""
    target = parts.catalog.operation(operation.stream_of)
    page = target.request.cls()
    copy_fields(tuple(target.request.by_name), message, page)
    page.page_size = page.page_size or parts.sizes.default
    return Run(parts, target, page, call, _of_items(target, operation, selection))


async def _pages(parts: Parts, operation: Operation, message: Any, call: Call, selection: Selection | None) -> Stream:
    run = paged_run(parts, operation, message, call, selection)
    with_token = selection is None or any(one.field.name == _TOKEN for one in selection.fields)
    while True:
        answer = await run.answer()
        for one in _items(operation, run.operation, answer, with_token=with_token):
            yield one
        if answer.page is None or not answer.page.next_token:
            return
        run.message.page_token = answer.page.next_token
        run = Run(parts, run.operation, run.message, call, run.selection)  # with the time of a call before it


def _items(operation: Operation, target: Operation, answer: Answer, *, with_token: bool) -> Iterator[Answer]:
    """Find the page, and yield its items as answers."""
    assert answer.paginate is not None  # noqa: S101  # a page was asked for
    items = [item for body in answer.bodies for item in raw_items(target, body)]
    page = answer.page = answer.paginate(items)
    for index, item in enumerate(items[page.window]):
        local = {_TOKEN: page.cursor(index)} if with_token else {}
        yield Answer(bodies=(alone(operation, item),), keys=answer.keys, local=local)


def _of_items(target: Operation, operation: Operation, selection: Selection | None) -> Selection | None:
    """Return what a page must bring for what is selected of each item."""
    if selection is None or target.items is None:
        return None
    chosen = [one for one in selection.fields if one.field is operation.streamed]
    return Selection(tuple(Selected(target.items, one.out, one.selection) for one in chosen))


async def _watch(parts: Parts, operation: Operation, message: Any, call: Call) -> Stream:
    encode(operation, message)  # what is refused must not cause a request
    async with aclosing(_states(WATCHES[operation.name](message, _Calls(parts, call)))) as states:
        async for state in states:
            failure = state.failure and replace(
                state.failure, cluster=call.cluster or "", operation=operation.name, request_id=call.request_id
            )
            local = {"error": failure.document()} if failure else {}
            yield Answer(bodies=(orjson.dumps(state.document),), local=local)


async def _states(watch: AsyncGenerator[State, None]) -> AsyncGenerator[State, None]:
    """Hand on what a watch tells; an answer of another shape that it met is the stream's error."""
    async with aclosing(watch) as states:
        try:
            async for state in states:
                yield state
        except UNREADABLE as error:
            raise malformed(error) from error


class _Calls:
    """What a watch may do, for its caller."""

    def __init__(self, parts: Parts, call: Call) -> None:
        self._parts = parts
        self._call = call

    async def ask(self, name: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call an operation with plain values; return its answer as it came."""
        operation = self._parts.catalog.operation(name)
        run = Run(self._parts, operation, inputs.build(operation.request, values), self._call, None)
        try:
            return read_object((await run.answer()).bodies[0])
        except InvalidArgumentError as error:  # the caller's own values have been checked: this one came from an answer
            raise malformed(error) from error
        except CallError as error:
            raise self._call.place(error, operation, run.applied) from None

    async def pause(self, seconds: float) -> None:
        """Wait; at the caller's deadline that fails."""
        end = float("inf") if self._call.deadline is None else self._call.deadline
        left = end - self._parts.settings.margin - time.monotonic()
        await self._parts.clusters.pause(max(min(seconds, left), 0))
        if left <= seconds:
            problem = "the time of the call is over; what is watched goes on"
            raise TransportError(Failure(code=Code.DEADLINE_EXCEEDED, message=problem))
