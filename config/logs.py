"""Logs as lines of JSON (production) or readable text (demo, test), without personal data and without secrets."""

import logging
from typing import Any

import structlog

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]

# What only repeats what a line of ours says already, or says more than a log may hold.
_REPEATS = {
    # Its lines name the whole path, with the tokens in it; the request's own line says the same without them.
    "django.request": {"level": "CRITICAL"},
    "celery.app.trace": {"level": "WARNING"},
    "celery.worker.strategy": {"level": "WARNING"},
}
_ON_A_CONSOLE = {
    # On a developer's console a line per request and per message would hide everything else.
    "django_structlog": {"level": "WARNING"},
    "notifications": {"level": "WARNING"},
}


def configure(*, json: bool, level: str = "INFO") -> dict[str, Any]:
    """Set structlog up and return Django's ``LOGGING`` so that both write the same lines to stderr."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # A warning of a library would else be two lines of text between the lines of JSON.
    logging.captureWarnings(json)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter(json=json)},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # A broker on a Unix socket has no host; the library wonders about that in a warning.
            "kombu.connection": {"level": "ERROR"},
            "pikepdf": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            **(_REPEATS if json else _ON_A_CONSOLE),
        },
    }


def formatter(*, json: bool) -> dict[str, Any]:
    """Return the formatter for ``LOGGING``; lines of libraries pass through it like our own."""
    written: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        written += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        written += [structlog.dev.ConsoleRenderer(colors=False)]
    return {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": SHARED, "processors": written}
