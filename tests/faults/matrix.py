"""One row of the matrix: a mode, each kind of calls over each face, and the calls after it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from faults.calling import FACES, MARGIN, Caller, Outcome, open_callers
from faults.kinds import KINDS, Kind
from faults.modes import MODES, SECRETS, Mode
from faults.outcomes import Yields
from faults.upstream import Faulty, open_faulty

_PATIENCE = 60.0
_DEADLINES = (MARGIN + 0.3, MARGIN + 3.0, MARGIN + 30.0)
"""Seconds that calls have which only their deadline ends: more, where the machine was too slow to send them in less."""
_GOOD = MODES[0]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What came of one kind of calls in one mode over one face."""

    kind: Kind
    face: str
    outcomes: tuple[Outcome, ...]
    asked: tuple[int, ...]
    """How many requests with each of the calls the cluster has read."""

    def __str__(self) -> str:
        said = [" ".join(filter(None, [outcome.code, outcome.applied.lower()])) for outcome in self.outcomes]
        return " ".join([*dict.fromkeys(said), *(f"x{times}" for times in dict.fromkeys(self.asked))])


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of one mode."""

    mode: Mode
    cells: tuple[Cell, ...]
    after: tuple[Cell, ...]
    """The calls that were made next, of a cluster that answers well."""


async def run(mode: Mode) -> Row:
    """Make the calls of a row on a gateway of its own."""
    for seconds in _DEADLINES if mode.yields.hangs else (_PATIENCE,):
        row = await _run(mode, seconds)
        if not any(problems(row)):
            break
    return row


async def _run(mode: Mode, seconds: float) -> Row:
    async with open_faulty() as upstream, open_callers(upstream) as callers, asyncio.timeout(2 * _PATIENCE):
        upstream.behave(mode.act, mode.greet)
        if not mode.listens:
            await upstream.refuse()
        cells = await _cells(upstream, callers, "first", seconds)
        await upstream.late.come()
        if not mode.listens:
            await upstream.listen()
        upstream.behave(_GOOD.act)
        return Row(mode=mode, cells=cells, after=await _cells(upstream, callers, "next", _PATIENCE))


async def _cells(upstream: Faulty, callers: Mapping[str, Caller], when: str, seconds: float) -> tuple[Cell, ...]:
    """Make all calls at once: each has a principal of its own, whose name stands in its requests."""

    async def cell(kind: Kind, face: str) -> Cell:
        who = f"{face}-{kind.name}-{when}"
        outcomes = await callers[face].call(kind, who, seconds)
        asked = tuple(map(upstream.times, kind.names(who)))
        return Cell(kind=kind, face=face, outcomes=tuple(outcomes), asked=asked)

    return tuple(await asyncio.gather(*(cell(kind, face) for kind in KINDS for face in FACES)))


def problems(row: Row) -> Iterator[str]:
    """Yield what is wrong in a row, one line for each."""
    for cell in row.cells:
        expected = row.mode.yields.of(cell.kind.name)
        for problem in (*_wrong(cell, expected), *_leaks(cell)):
            yield f"{row.mode.name} | {cell.kind.name} over {cell.face}: {problem}"
    for one, other in zip(row.cells[::2], row.cells[1::2], strict=True):
        said = [[outcome.shared(one.kind) for outcome in cell.outcomes] for cell in (one, other)]
        if said[0] != said[1]:
            yield f"{row.mode.name} | {one.kind.name}: the faces differ: {said[0]} and {said[1]}"
    for cell in row.after:
        for problem in (*_wrong(cell, _GOOD.yields), *_leaks(cell)):
            yield f"{row.mode.name} | {cell.kind.name} over {cell.face}, the next call: {problem}"


def _wrong(cell: Cell, expected: Yields) -> Iterator[str]:
    for outcome, times in zip(cell.outcomes, cell.asked, strict=True):
        if outcome.code != expected.code:
            yield f"{outcome.code} instead of {expected.code}: {outcome.failure or outcome.value}"
        elif outcome.failure is None and outcome.value != cell.kind.gives[1]:
            yield f"gave {outcome.value}"
        if times == 0 and _waited(cell.kind, outcome):
            continue
        if times not in expected.asked(cell.kind):
            yield f"the cluster was asked {times} times, which is none of {expected.asked(cell.kind)}"
        if outcome.applied not in _words(cell.kind, outcome, expected):
            yield f"applied is {outcome.applied or 'not said'}, which is none of {expected.applied}"


def _waited(kind: Kind, outcome: Outcome) -> bool:
    """Tell whether a call was never sent, but waited for one before it, and says so."""
    return len(kind.inputs) > 1 and outcome.applied == "NO"


def _words(kind: Kind, outcome: Outcome, expected: Yields) -> list[str]:
    """Return what may be said of a write: nothing of reads and successes."""
    return [""] if kind.reads or outcome.failure is None else expected.applied.split()


def _leaks(cell: Cell) -> Iterator[str]:
    for outcome in cell.outcomes:
        for secret in SECRETS:
            if secret in outcome.text:
                yield f"{secret} is told"


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the rows as lines of text: of each kind what both faces gave, or what each gave if they differ."""
    yield " | ".join(["mode".ljust(34), *(kind.name.ljust(28) for kind in KINDS)])
    for row in rows:
        pairs = zip(row.cells[::2], row.cells[1::2], strict=True)
        texts = [" / ".join(dict.fromkeys(map(str, pair))) for pair in pairs]
        yield " | ".join([row.mode.name.ljust(34), *(text.ljust(28) for text in texts)])
