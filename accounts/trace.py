"""The one name under which everything that one request or one task causes is found again, in logs, rows and mails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

LENGTH: Final = 64
# What a proxy or another service may choose for us: nothing that breaks a line, a header or a search for it.
_SANE: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{7,{LENGTH - 1}}}")


def is_sane(name: str) -> bool:
    """Tell whether a name from outside (``X-Request-ID``) may be taken: 8 to 64 letters, digits, ``. _ -``."""
    return _SANE.fullmatch(name) is not None


def current() -> str:
    """Return the name of the request that is being answered, else of the task that runs, else nothing."""
    known = structlog.contextvars.get_contextvars()
    return str(known.get("request_id") or known.get("task_id") or "")[:LENGTH]


@contextmanager
def of(name: str) -> Iterator[None]:
    """Let what is logged inside bear the name that a row remembers; without one nothing changes."""
    if not name:
        yield
        return
    with structlog.contextvars.bound_contextvars(request_id=name):
        yield
