"""The web server when it, its clients or its database break: what was acknowledged is there, once, and nothing half."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from grants.models import Application, Attachment, CaseCounter
from tests.factories import make_fund, make_round
from tests.faults.web import Page, Visitor, Web, arriving_files, stored_files
from tests.grants.factories import make_sendable, pdf, sender_of
from tests.services import Broker, Postgres, environment, wait_until

pytestmark = [pytest.mark.committing, pytest.mark.earnest]

InThreads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
CASES = 6


@pytest.fixture
def web(committed_db: None, broker: Broker) -> Iterator[Web]:
    shutil.rmtree(Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER, ignore_errors=True)
    database = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        database = os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + f"/{database}"
    server = Web(
        environment(
            DJANGO_SETTINGS_MODULE="config.settings.test", TEST_DATA_DIR=settings.DATA_DIR,
            TEST_WORKER_DATABASE=database, CELERY_BROKER_URL=broker.url,
        )
    ).start()  # fmt: skip
    yield server
    server.stop()


def drafts_of_one_round() -> list[Application]:
    round_ = make_round(make_fund(case_prefix="MIT"))
    return [make_sendable(round=round_) for _ in range(CASES)]


def press(web: Web, draft: Application) -> Page:
    """Press the button; press again what the page gives back, as long as nobody took it."""
    visitor, path = Visitor(web.port, sender_of(draft)), reverse("grants:review", args=[draft.pk])
    page, tries = Page(0), 0
    sent: dict[str, object] = {"version": draft.version}
    while page.status != 302 and tries < 200:
        page = visitor.post(path, sent)
        tries += 1
        if page.status == 503:
            sent |= page.fields
        if page.status != 302:
            wait_until(lambda: visitor.get("/health/").status == 200, 60, "the web server")
    return page


def assert_each_sent_once(drafts: list[Application], pages: list[Page]) -> None:
    assert [page.location for page in pages] == [reverse("grants:receipt", args=[draft.pk]) for draft in drafts]
    numbers = sorted(str(number) for number in Application.objects.values_list("case_number", flat=True))
    assert [number[-4:] for number in numbers] == [f"{n:04}" for n in range(1, CASES + 1)]
    assert CaseCounter.objects.get().last == CASES
    assert not Application.objects.filter(late=True).exists()


def test_web_worker_killed_while_answering(web: Web, in_threads: InThreads) -> None:
    drafts = drafts_of_one_round()

    def kill() -> None:
        wait_until(lambda: Application.objects.exclude(case_number=None).exists(), 60, "a first receipt")
        web.kill_workers()

    *pages, _ = in_threads([*(partial(press, web, draft) for draft in drafts), kill])

    assert_each_sent_once(drafts, pages)


@pytest.mark.once
def test_upload_aborted_leaves_nothing(web: Web) -> None:
    draft = make_sendable()
    visitor, before = Visitor(web.port, sender_of(draft)), Attachment.objects.count()
    half = visitor.begin_upload(reverse("grants:files", args=[draft.pk]), pdf() + b"\n" * 3_000_000)
    wait_until(arriving_files, 60, "the first half")

    half.break_off()

    wait_until(lambda: not arriving_files(), 60, "the server to notice")
    assert stored_files() == []
    assert Attachment.objects.count() == before
    assert visitor.get(reverse("grants:files", args=[draft.pk])).status == 200


@pytest.mark.once
def test_slow_uploaders_keep_nobody_waiting(web: Web) -> None:
    """Three of four threads wait for slow lines; everybody else is served by the fourth, and the three in the end."""
    drafts = [make_sendable() for _ in range(3)]
    reader = Visitor(web.port, sender_of(drafts[0]))
    slow = [
        Visitor(web.port, sender_of(draft)).begin_upload(
            reverse("grants:files", args=[draft.pk]), pdf() + b"\n" * 3_000_000
        )
        for draft in drafts
    ]
    wait_until(lambda: len(arriving_files()) == 3, 60, "the slow ones")

    pages = [reader.get(reverse("grants:application", args=[drafts[0].pk])).status for _ in range(5)]

    assert pages == [200] * 5
    assert [upload.finish() for upload in slow] == [302] * 3
    assert len(stored_files()) == 3


@pytest.mark.postgresql
def test_database_restarted_under_web_load(database_server: Postgres, web: Web, in_threads: InThreads) -> None:
    name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    drafts = drafts_of_one_round()

    def crash() -> None:
        wait_until(lambda: Application.objects.exclude(case_number=None).exists(), 60, "a first receipt")
        connection.close()
        database_server.restart(crash=True)

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(in_threads, [partial(press, web, draft) for draft in drafts])
        # Here, not beside them: a server ends with the thread that started it.
        crash()
        pages = sending.result()

    assert_each_sent_once(drafts, pages)
