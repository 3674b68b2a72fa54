"""Fixtures for everybody. Read this before you write a test.

Engine: SQLite (a file), or PostgreSQL with ``TEST_ENGINE=postgresql`` (a private server starts by itself).
Parallel: ``-n 2``; each process has its own database and its own ``MEDIA_ROOT``.

Database
    ``db`` or ``@pytest.mark.django_db`` rolls back; ``on_commit`` hooks run only inside
    ``django_capture_on_commit_callbacks(execute=True)``.
    ``committed_db``, ``transactional_db`` or ``@pytest.mark.committing`` commit for real, for threads,
    processes and ``live_server``; afterwards the whole database is put back from a template (no flush:
    the triggers refuse it). That costs 5 ms on SQLite, 0.1 s on PostgreSQL: only where needed.
    ``@pytest.mark.postgresql`` is left out on SQLite; ``engine`` is "sqlite" or "postgresql".
    ``in_threads(calls)`` runs callables at the same moment, each with a connection of its own, and
    returns results and exceptions in order. Wants ``committed_db``.

Neighbours (their faults: tests/services.py)
    ``smtp_sink`` is a real SMTP server; ``OUTBOX_EMAIL_URL`` points to it: ``.received``,
    ``.plan("451")``, ``.refuse()``. ``broker`` is a real Valkey, empty for each test: ``.kill()``,
    ``.start()``, ``.empty()``, ``.pause()``; tasks sent in the test go there. ``broker_url`` is its URL.
    ``start_worker(queues="notices,letters", concurrency=1)`` starts real Celery workers on this test's
    database, broker and mail server (name ``smtp_sink`` before it): ``.kill()`` is SIGKILL, ``.log`` its
    log. ``worker`` is one such worker. ``database_server.restart(crash=True)`` is PostgreSQL's fault.

Browser
    ``live_server`` is the web server and implies ``committed_db``. ``browser_page`` is a Chromium page
    (German, 1280 px); the test fails on a script error or a violation of the CSP.
    ``browser_context(width=360, js=False, locale="en")`` makes others. Mark such tests ``browser``.

What asks no database, ``browser`` and ``once`` run on SQLite only. In ``make test`` ``earnest`` runs on PostgreSQL
only; by hand on both.

``wait_until(condition, seconds, what)`` from tests.services is the only way to wait.
Hypothesis: ``HYPOTHESIS_PROFILE=soak`` looks longer; the default is deterministic.
"""

import gc
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import dj_database_url
import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation
from kombu import pools
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg import sql
from pytest_django.fixtures import Settings

from config.celery import app
from config.env import email_settings
from tests import migrated
from tests.services import Broker, Postgres, SmtpSink, Worker, environment
from tools import packages

# Without a graphics card and without calls home, of which a closed network lets none through.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

hypothesis.settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

BROKER_NAMES = ("broker_url", "broker_read_url", "broker_write_url")
# Set when both engines are asked one after the other, so that each is asked what it is best at.
WHOLE = "TEST_WHOLE"
SERVER = pytest.StashKey[Postgres]()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the first process; the others find it by the environment."""
    if settings.TEST_ENGINE != "postgresql":
        return
    if "TEST_DATABASE_URL" not in os.environ:
        config.stash[SERVER] = Postgres().create()
        os.environ["TEST_DATABASE_URL"] = config.stash[SERVER].url_of("miteinander")
    settings.DATABASES["default"].update(dj_database_url.parse(os.environ["TEST_DATABASE_URL"]))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Migrate once for all processes; xdist starts them after this."""
    if session.config.getoption("numprocesses", None) and not hasattr(session.config, "workerinput"):
        migrated.prepare(session.config.stash.get(SERVER, None))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the collector of garbage from going through all modules and tests again and again: an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no server behind."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.remove()
        os.environ.pop("TEST_DATABASE_URL", None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Turn ``committing`` into a database that commits; leave out what this engine cannot do."""
    for item in items:
        if item.get_closest_marker("committing"):
            item.add_marker(pytest.mark.django_db(transaction=True))
        if "database_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgresql)
            item.add_marker(pytest.mark.server)
        if settings.TEST_ENGINE == "sqlite" and item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.skip(reason="shows what only PostgreSQL does"))
    if settings.TEST_ENGINE == "postgresql":
        _keep(config, items, [item for item in items if _differs_by_engine(item)])
    elif WHOLE in os.environ:
        _keep(config, items, [item for item in items if not item.get_closest_marker("earnest")])
    # The longest ones begin first, so that in the end nobody waits for one of them.
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def _differs_by_engine(item: pytest.Item) -> bool:
    """What asks no database, drives a browser or says it is the same everywhere runs once, on SQLite."""
    if item.get_closest_marker("postgresql"):
        return True
    if item.get_closest_marker("browser") or item.get_closest_marker("once"):
        return False
    asks = {"db", "transactional_db", "committed_db", "engine", "database_server"}
    return item.get_closest_marker("django_db") is not None or not asks.isdisjoint(getattr(item, "fixturenames", ()))


def _keep(config: pytest.Config, items: list[pytest.Item], kept: list[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


# --- The database that commits -----------------------------------------------------------------------


def _file_of(name: str) -> Path:
    return Path(f"{name}.template")


def _server_do(*statements: sql.Composed) -> None:
    """Run statements that need a connection to another database than the test's."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "autocommit": True}
    parameters = {key: value for key, value in parameters.items() if key not in {"cursor_factory", "context"}}
    with psycopg.connect(**parameters) as server:
        for statement in statements:
            server.execute(statement)


def _copy_database(source: str, target: str) -> None:
    names = {"source": sql.Identifier(source), "target": sql.Identifier(target)}
    end = sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
    _server_do(
        end.format(sql.Literal(source)),
        sql.SQL("DROP DATABASE IF EXISTS {target} WITH (FORCE)").format(**names),
        sql.SQL("CREATE DATABASE {target} TEMPLATE {source}").format(**names),
    )


def _save_template() -> None:
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    if connection.vendor == "sqlite":
        shutil.copyfile(name, _file_of(name))
    else:
        _copy_database(name, f"{name}_template")


def _restore_template() -> None:
    """Put the database back.

    Page by page into the same file: a new file under the old name would lose its log to the last late
    connection of the old one, which removes the log by its name when it closes.
    """
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_file_of(name))) as template, closing(sqlite3.connect(name, timeout=20)) as target:
            template.backup(target)
    else:
        _copy_database(f"{name}_template", name)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A database that was put in place is not made anew; it goes with its folder or its server."""
    return migrated.is_there()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin with the migrated database, under the name of this process."""
    if migrated.is_there():
        migrated.place(str(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep a copy of the fresh database; committing tests get it back instead of a flush."""
    with django_db_blocker.unblock():
        _save_template()
    # Django has no setting for how a transactional test case cleans up; its flush is what we replace.
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: _restore_template())
    yield
    patch.undo()
    if connection.vendor == "postgresql":
        template = sql.Identifier(f"{connection.settings_dict['NAME']}_template")
        with django_db_blocker.unblock():
            _server_do(sql.SQL("DROP DATABASE IF EXISTS {}").format(template))


@pytest.fixture
def committed_db(transactional_db: None) -> None:
    """A database that commits and is put back from its template afterwards."""


@pytest.fixture
def fresh_database(django_db_setup: None) -> Path:
    """The file of a database as it is before any test, to be copied; SQLite only."""
    return _file_of(str(connection.settings_dict["NAME"]))


@pytest.fixture
def engine() -> str:
    return str(settings.TEST_ENGINE)


@pytest.fixture
def database_server(request: pytest.FixtureRequest) -> Postgres:
    """The private PostgreSQL server; only without ``-n`` or in tests that own the run."""
    server = request.config.stash.get(SERVER, None)
    if server is None:
        pytest.skip("the server belongs to the first process: run with -n0 and TEST_ENGINE=postgresql")
    return server


@pytest.fixture
def in_threads() -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Run callables at the same moment; an exception comes back as its value."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        results: list[Any] = [None] * len(calls)
        start = threading.Barrier(len(calls))

        def one(index: int, call: Callable[[], Any]) -> None:
            try:
                start.wait(30)
                results[index] = call()
            except Exception as error:
                results[index] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=pair, daemon=True) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return results

    return run


# --- Between tests ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Forget counted guesses and the like, and the language of the last page."""
    yield
    cache.clear()
    translation.deactivate()


# --- Neighbours ---------------------------------------------------------------------------------------


@pytest.fixture
def smtp_sink(settings: Settings) -> Iterator[SmtpSink]:
    sink = SmtpSink()
    sink.accept()
    settings.OUTBOX_EMAIL_URL = email_settings(sink.url)
    yield sink
    sink.refuse()


@pytest.fixture(scope="session")
def _broker() -> Iterator[Broker]:
    server = Broker().start()
    yield server
    server.remove()


def _forget_connections() -> None:
    pools.reset()
    # The application keeps the pool that was just closed.
    vars(app.amqp)["_producer_pool"] = None


@pytest.fixture
def broker(_broker: Broker, settings: Settings) -> Iterator[Broker]:
    if _broker.process is None:
        _broker.start()
    _broker.empty()
    before = {name: app.conf[name] for name in BROKER_NAMES}
    settings.CELERY_BROKER_URL = _broker.url
    app.conf.update(dict.fromkeys(BROKER_NAMES, _broker.url))
    _forget_connections()
    yield _broker
    _broker.resume()
    app.conf.update(before)
    _forget_connections()


@pytest.fixture
def broker_url(broker: Broker) -> str:
    return broker.url


@pytest.fixture
def start_worker(
    committed_db: None, broker: Broker, tmp_path: Path, settings: Settings
) -> Iterator[Callable[..., Worker]]:
    """Start real workers; they end with the test, before the database is put back."""
    workers: list[Worker] = []
    mail = settings.OUTBOX_EMAIL_URL
    url = f"{mail['scheme']}://{mail['host']}:{mail['port']}?tls=no" if mail["scheme"] == "smtp" else "demo://"
    name = connection.settings_dict["NAME"]
    database = str(name)
    if connection.vendor == "postgresql":
        database = os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + f"/{name}"

    def start(queues: str = "notices,letters,slow", concurrency: int = 1, **more: str) -> Worker:
        env = environment(
            DJANGO_SETTINGS_MODULE="config.settings.test", TEST_DATA_DIR=settings.DATA_DIR, EMAIL_URL=url,
            TEST_WORKER_DATABASE=database, CELERY_BROKER_URL=broker.url, **more,
        )  # fmt: skip
        workers.append(Worker(env, tmp_path, queues, concurrency).start())
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    return start_worker()


# --- Browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Not for the whole run: while its event loop turns, nothing asynchronous can be asked in this process."""
    path = packages.browser()
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium-headless-shell")
    # Playwright runs an event loop in this thread, which Django takes for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def browser_context(chromium: Browser, live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Make browsers: ``browser_context(width=360, js=False, locale="en")``; relative addresses work."""
    contexts: list[BrowserContext] = []

    def make(*, width: int = 1280, height: int = 900, js: bool = True, locale: str = "de-DE") -> BrowserContext:
        context = chromium.new_context(
            base_url=live_server.url, locale=locale, timezone_id="Europe/Berlin", java_script_enabled=js,
            viewport={"width": width, "height": height}, is_mobile=width < 600, has_touch=width < 600,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(browser_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    page = browser_context().new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    assert complaints == []
