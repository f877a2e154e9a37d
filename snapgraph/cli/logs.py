"""The service's own log: events with keys and values, on stderr, for a person or as JSON."""

from __future__ import annotations

import logging
import sys

import structlog

from snapgraph.settings.sections import LogSettings

__all__ = ["configure_logs"]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_BY_VERBOSITY = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}


def configure_logs(settings: LogSettings, *, verbosity: int | None = None) -> None:
    """Set up structlog for this process.

    Args:
        settings: Level and format; ``auto`` is for a person on a terminal, JSON elsewhere.
        verbosity: Of a command that is no service: -1 errors, 0 warnings, 1 what happens, 2 everything; ``None``: as
            the settings say.
    """
    level = _LEVELS[settings.level] if verbosity is None else _BY_VERBOSITY.get(verbosity, logging.DEBUG)
    is_for_a_person = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if is_for_a_person
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if is_for_a_person else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
