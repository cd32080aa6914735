"""How log lines are written: one JSON object each, or readable ones for a terminal."""

import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import structlog

from searchway.settings import Settings


def configure(settings: Settings) -> None:
    """Send all log lines, those of libraries too, to standard error in the chosen form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if settings.log_format == "json" else _keep,
    ]
    _set_level(settings)
    json = settings.log_format == "json"
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=_has_colours())
    structlog.configure(
        # One step does for the gateway's own lines, of which each call has one, what the others do one by one.
        processors=[_render] if json else [*shared, renderer],
        wrapper_class=_Logger,
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if json
        else structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.getLogger().level, force=True)
    logging.getLogger("grpc._cython.cygrpc").addFilter(_is_no_callers_text)


def _has_colours() -> bool:
    """Tell whether a person reads the lines on a terminal, who has not switched colours off (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


def prepare(settings: Settings) -> Callable[[], None]:
    """Return what sets the level of a process that logs already."""
    return lambda: _set_level(settings)


class _Filtering:
    """Stands where the methods of a level stand."""


_Logger = type("_Logger", (_Filtering,), {})
"""The class of every logger. structlog writes a class for each level, whose methods below it do nothing, which is what makes them cheap;
loggers keep their class, so another level is another base of it."""


def _set_level(settings: Settings) -> None:
    level: int = getattr(logging, settings.log_level.upper())
    _Logger.__bases__ = (structlog.make_filtering_bound_logger(level),)
    logging.getLogger().setLevel(max(level, logging.WARNING))


def _is_no_callers_text(record: logging.LogRecord) -> bool:
    """Drop what grpc says, with a traceback, of metadata that is not UTF-8: it holds the value, which may be a secret."""
    return not str(record.msg).startswith("Invalid encoding on")


def _render(logger: object, level: str, event: structlog.typing.EventDict) -> bytes:
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, level, event)
    return orjson.dumps(
        {**event, "level": level, "timestamp": datetime.now(UTC)}, default=repr, option=orjson.OPT_UTC_Z
    )


def _keep(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return event
