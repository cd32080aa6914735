"""Query parameters: which ones an operation takes, and their values.

Knows no operation. Messages follow https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options.
"""

import re
from collections.abc import Iterable, Mapping

from searchway.sandbox.errors import EngineError, illegal_argument, number_format, unrecognized

COMMON = frozenset({"pretty", "human", "error_trace", "filter_path", "format", "source", "source_content_type"})
_UNIT_SECONDS = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TIME = re.compile(r"(.*?)(nanos|micros|ms|s|m|h|d)", re.IGNORECASE | re.DOTALL)
_CLOSE_ENOUGH = 0.5


def check_known(path: str, query: Mapping[str, str], known: frozenset[str]) -> None:
    """Refuse parameters that the operation does not have, with the names they may stand for.

    Raises:
        EngineError: illegal_argument_exception naming every unknown parameter.
    """
    unknown = sorted(name for name in query if name not in known and name not in COMMON)
    if unknown:
        raise unrecognized(path, [_with_guesses(name, known | COMMON) for name in unknown])


def flag(query: Mapping[str, str], name: str, default: bool = False) -> bool:
    """Return a boolean parameter; given without a value it is true.

    Raises:
        EngineError: illegal_argument_exception for another word.
    """
    value = query.get(name)
    if value is None:
        return default
    return parse_flag(value)


def parse_flag(value: str) -> bool:
    """Parse a boolean word.

    Raises:
        EngineError: illegal_argument_exception for another word.
    """
    if value not in {"", "true", "false"}:
        raise illegal_argument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    return value != "false"


def integer(query: Mapping[str, str], name: str, default: int, kind: str = "int") -> int:
    """Return a whole number.

    Raises:
        EngineError: illegal_argument_exception for anything else.
    """
    value = query.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[+-]?\d+", value):
        reason = f"Failed to parse {kind} parameter [{name}] with value [{value}]"
        raise illegal_argument(reason, number_format(value))
    return int(value)


def seconds(query: Mapping[str, str], name: str, default: float) -> float:
    """Return a time value in seconds; -1 stands for no limit.

    Raises:
        EngineError: illegal_argument_exception for a missing unit or an unreadable number.
    """
    value = query.get(name)
    if value is None or value == "":
        return default
    if value in {"-1", "0"}:
        return float(value)
    match = _TIME.fullmatch(value.strip())
    if match is None:
        reason = f"failed to parse setting [{name}] with value [{value}] as a time value"
        raise illegal_argument(f"{reason}: unit is missing or unrecognized")
    return _amount(value, match[1]) * _UNIT_SECONDS[match[2].lower()]


def check_times(query: Mapping[str, str], *names: str) -> None:
    """Refuse time values that no engine parses.

    Raises:
        EngineError: as `seconds`.
    """
    for name in names:
        seconds(query, name, 0.0)


def check_refresh(query: Mapping[str, str]) -> None:
    """Refuse a refresh policy that does not exist.

    Raises:
        EngineError: illegal_argument_exception.
    """
    value = query.get("refresh", "")
    if value not in {"", "true", "false", "wait_for"}:
        raise illegal_argument(f"Unknown value for refresh: [{value}].")


def active_shards(query: Mapping[str, str], copies: int) -> int:
    """Return how many copies of each shard to wait for, `copies` being all there can be.

    Raises:
        EngineError: illegal_argument_exception for a word or a number above `copies`.
    """
    value = query.get("wait_for_active_shards", "1")
    if value == "all":
        return copies
    if not re.fullmatch(r"\d+", value):
        raise illegal_argument(f"cannot parse ActiveShardCount[{value}]", number_format(value))
    if int(value) > copies:
        reason = f"invalid wait_for_active_shards[{value}]: cannot be greater than number of shard copies [{copies}]"
        raise illegal_argument(reason)
    return int(value)


def _amount(value: str, digits: str) -> float:
    digits = digits.strip()
    if re.fullmatch(r"\d+", digits):
        return float(digits)
    if re.fullmatch(r"\d*\.\d+", digits):
        raise illegal_argument(f"failed to parse [{value}], fractional time values are not supported")
    raise illegal_argument(f"failed to parse [{value}]", number_format(digits))


def _with_guesses(name: str, known: Iterable[str]) -> str:
    scored = sorted((-_similarity(name, other), other) for other in known)
    close = [other for score, other in scored if -score > _CLOSE_ENOUGH]
    if not close:
        return f"[{name}]"
    if len(close) == 1:
        return f"[{name}] -> did you mean [{close[0]}]?"
    return f"[{name}] -> did you mean any of [{', '.join(close)}]?"


def _similarity(left: str, right: str) -> float:
    return 1.0 - _distance(left, right) / max(len(left), len(right))


def _distance(left: str, right: str) -> int:
    """Return the Levenshtein distance, on which the engines' guesses rest."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def missing_body() -> EngineError:
    """Return the 400 of an operation that must have a body."""
    return EngineError(400, "parse_exception", "request body is required")
