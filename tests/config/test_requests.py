"""One name runs through everything that a request causes: its answer, the web's log, the worker's log, the mail."""

import io
import json
import logging
from collections.abc import Iterator
from logging.config import DictConfigurator
from typing import Any

import pytest
import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django.fixtures import Settings

from accounts import trace
from config import logs
from config.requests import LogsRequests, names_requests
from notifications import delivery, rendering
from notifications.models import Document, Notice
from tests.factories import make_user
from tests.notifications.factories import make_letter, make_notice
from tests.services import SmtpSink, wait_until

NAME = "from-the-proxy-0123456789"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What production would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DictConfigurator({"version": 1}).configure_formatter(logs.formatter(json=True)))
    root, library = logging.getLogger(), logging.getLogger("django_structlog")
    before = (root.level, library.level)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    library.setLevel(logging.INFO)
    logging.getLogger("notifications").setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    library.setLevel(before[1])
    logging.getLogger("notifications").setLevel(logging.WARNING)
    structlog.contextvars.clear_contextvars()


def read(stream: io.StringIO, event: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [line for line in found if line["event"] == event]


@pytest.mark.parametrize("name", ["abcdefgh", NAME, "a" * 64, "0b3f.e2_1-x"])
def test_sane_name_is_taken(client: Client, db: None, name: str) -> None:
    assert client.get("/health/", headers={"x-request-id": name})["X-Request-ID"] == name


@pytest.mark.parametrize(
    "name", ["", "short", "a" * 65, "with blank in it", "line\nbreak1234", "-begins-so", "ünüblich1"]
)
def test_any_other_is_replaced_by_one_of_ours(client: Client, db: None, name: str) -> None:
    given = client.get("/health/", headers={"x-request-id": name})["X-Request-ID"]

    assert given != name
    assert trace.is_sane(given)


def test_every_kind_of_answer_bears_it(client: Client, db: None) -> None:
    answers = [
        client.get("/no-such-page/"),
        client.get("/office/outbox/"),
        client.post("/konto/login/", {"login": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 302, 200]
    assert all(trace.is_sane(answer["X-Request-ID"]) for answer in answers)


def test_line_of_a_request_says_what_and_how_long(client: Client, db: None, lines: io.StringIO) -> None:
    client.get("/calls/?q=Frau+Meier", headers={"x-request-id": NAME})

    [line] = read(lines, "request_finished")
    assert (line["request"], line["code"], line["request_id"]) == ("GET /calls/", 200, NAME)
    assert line["ms"] >= 0
    assert "Meier" not in lines.getvalue()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/invitations/S3cret-token-in-the-address/", "GET /invitations/…/"),
        ("/konto/password/reset/key/3f-S3cret/", "GET /konto/password/reset/key/…-…/"),
        ("/konto/confirm-email/S3cret/", "GET /konto/confirm-email/…/"),
        ("/office/outbox/17/", "GET /office/outbox/17/"),
    ],
)
def test_log_holds_no_token(path: str, told: str) -> None:
    request = RequestFactory().get(path, {"q": "S3cret"})
    request.resolver_match = resolve(path)

    assert LogsRequests.format_request(request) == told


def test_name_of_one_request_does_not_stick_to_the_next() -> None:
    seen = []

    def page(_request: HttpRequest) -> HttpResponse:
        seen.append(dict(structlog.contextvars.get_contextvars()))
        structlog.contextvars.bind_contextvars(user_id=7)
        return HttpResponse()

    answer = names_requests(page)
    answer(RequestFactory().get("/", headers={"x-request-id": "first-one"}))
    answer(RequestFactory().get("/", headers={"x-request-id": "second-one"}))

    assert seen == [{"request_id": "first-one"}, {"request_id": "second-one"}]


@pytest.mark.once
@pytest.mark.committing
def test_request_worker_and_mail_bear_one_name(
    client: Client, smtp_sink: SmtpSink, start_worker: Any, lines: io.StringIO, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "notifications.mail.OutboxBackend"
    make_user(email="anna@example.org")
    worker = start_worker(TEST_LOG_JSON="yes")

    client.post("/konto/password/reset/", {"email": "anna@example.org"}, headers={"x-request-id": NAME})

    wait_until(lambda: smtp_sink.received, 60, "the mail")
    assert smtp_sink.received[0].message["X-Request-ID"] == NAME
    notice = Notice.objects.get()
    assert notice.request_id == NAME
    assert NAME in {line["request_id"] for line in read(lines, "request_finished")}

    def told() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
        return [line for line in found if line["event"] == "notice_sent"]

    wait_until(told, 20, "the worker's line")
    [line] = told()
    assert (line["request_id"], line["notice"]) == (NAME, notice.pk)


@pytest.mark.django_db
def test_row_keeps_its_name_whichever_run_takes_it(smtp_sink: SmtpSink, lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="of-the-event"):
        make_notice()
    with structlog.contextvars.bound_contextvars(request_id="of-another", task_id="a-sweep"):
        delivery.deliver_due(seconds=30)

    [line] = read(lines, "notice_sent")
    assert (line["request_id"], line["task_id"]) == ("of-the-event", "a-sweep")


@pytest.mark.django_db
def test_document_remembers_who_ordered_it(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="of-the-event"):
        letter = make_letter(rendered=False)
    rendering.render_due(seconds=60)

    assert Document.objects.get(pk=letter.document_id).request_id == "of-the-event"
    assert [line["request_id"] for line in read(lines, "document_drawn")] == ["of-the-event"]


@pytest.mark.django_db
def test_what_a_task_owes_bears_the_task_and_what_nobody_asked_for_bears_nothing(smtp_sink: SmtpSink) -> None:
    structlog.contextvars.clear_contextvars()
    with structlog.contextvars.bound_contextvars(task_id="task-of-the-sweep"):
        assert make_notice().request_id == "task-of-the-sweep"
    plain = make_notice()
    assert plain.request_id == ""

    delivery.deliver_due(seconds=30)
    assert [mail.message["X-Request-ID"] for mail in smtp_sink.received] == ["task-of-the-sweep", None]


@pytest.mark.django_db
def test_refusal_of_the_mail_server_puts_no_address_into_the_log(smtp_sink: SmtpSink, lines: io.StringIO) -> None:
    smtp_sink.plan("550")
    with transaction.atomic():
        make_notice("geheim@example.org")

    delivery.deliver_due(seconds=30)

    assert len(read(lines, "notice_failed")) == 1
    # The server of the test writes a log of its own.
    ours = [line for line in lines.getvalue().splitlines() if json.loads(line)["logger"] != "mail.log"]
    assert "geheim" not in "".join(ours)
