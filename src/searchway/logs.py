"""How log lines are written: one JSON object each, or readable ones for a terminal."""

import logging
import os
import sys
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
    json = settings.log_format == "json"
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=_has_colours())
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        # One step does for the gateway's own lines, of which each call has one, what the others do one by one.
        processors=[_render] if json else [*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if json
        else structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.getLogger("grpc._cython.cygrpc").addFilter(_is_no_callers_text)


def _has_colours() -> bool:
    """Tell whether a person reads the lines on a terminal, who has not switched colours off (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


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
