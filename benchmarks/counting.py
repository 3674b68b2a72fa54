"""Counts what one request costs the database, in this process, so that no timed request is watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.client import HOST
from benchmarks.people import session_of
from tests.architecture.costs.taking import Taking

CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ", "DECLARE", "FETCH", "CLOSE")


@dataclass(frozen=True)
class Counted:
    """Statements, rows taken and bytes of one request, and how it ended."""

    status: int
    queries: int
    rows: int
    size: int


class Browser:
    """Django's own test client, signed in, against the measured database."""

    def __init__(self, email: str = "") -> None:
        self._client = Client(HTTP_HOST=HOST, headers={"host": HOST}, raise_request_exception=True)
        if email:
            self._client.cookies[settings.SESSION_COOKIE_NAME] = session_of(email)

    def ask(self, path: str, fields: dict[str, Any] | None = None) -> HttpResponseBase:
        if fields is None:
            return cast(HttpResponseBase, self._client.get(path, secure=True))
        return cast(HttpResponseBase, self._client.post(path, fields, secure=True))

    def count(self, path: str, fields: dict[str, Any] | None = None) -> Counted:
        with taking_counted(), CaptureQueriesContext(connection) as queries:
            Taking.taken = 0
            answer = self.ask(path, fields)
            size = len(body_of(answer))
        return Counted(answer.status_code, statements_of(queries), Taking.taken, size)


def statements_of(queries: CaptureQueriesContext) -> int:
    """Return how many statements were sent, without the frames of transactions and cursors."""
    return sum(not query["sql"].startswith(CONTROL) for query in queries.captured_queries)


def body_of(answer: HttpResponseBase) -> bytes:
    """Return the whole body, also of a streamed answer."""
    if answer.streaming:
        return b"".join(cast(Any, answer).streaming_content)
    return cast(bytes, cast(Any, answer).content)


@contextmanager
def taking_counted() -> Iterator[None]:
    """Let every cursor that is watched count its rows."""
    # The real connection, not the proxy that finds it.
    methods = vars(connections[DEFAULT_DB_ALIAS])
    watch = connection.make_debug_cursor
    methods["make_debug_cursor"] = lambda cursor: watch(cast(Any, Taking(cursor)))
    try:
        yield
    finally:
        del methods["make_debug_cursor"]
