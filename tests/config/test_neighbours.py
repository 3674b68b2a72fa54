"""The fixtures themselves: what every other test leans on."""

import smtplib
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.timezone import now

from config.celery import app
from tests.services import Broker, SmtpSink, Worker, wait_until


def write_session(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=now())  # any table will do


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.committing
def test_committed_rows_are_gone_in_the_next_test(turn: int) -> None:
    assert Session.objects.count() == 0
    write_session(f"turn-{turn}")


def test_threads_see_each_other(committed_db: None, in_threads: Callable[..., list[object]]) -> None:
    results = in_threads([lambda key=str(n): write_session(key) for n in range(8)])

    assert results == [None] * 8
    assert Session.objects.count() == 8


def test_threads_return_exceptions(committed_db: None, in_threads: Callable[..., list[object]]) -> None:
    [error] = in_threads([lambda: 1 / 0])

    assert isinstance(error, ZeroDivisionError)


@pytest.mark.django_db
def test_engine_is_the_chosen_one(engine: str) -> None:
    assert connection.vendor == engine


def send(sink: SmtpSink) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        client.sendmail("a@demo.example", ["b@demo.example"], "Message-ID: <1@demo.example>\n\nText")


def test_sink_keeps_a_mail(smtp_sink: SmtpSink) -> None:
    send(smtp_sink)

    assert [mail.message_id for mail in smtp_sink.received] == ["<1@demo.example>"]


@pytest.mark.parametrize("code", [421, 451, 550])
def test_sink_answers_as_planned(smtp_sink: SmtpSink, code: int) -> None:
    smtp_sink.plan(str(code))

    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(smtp_sink)

    assert caught.value.smtp_code == code
    assert smtp_sink.received == []


def test_sink_drops_after_it_accepted(smtp_sink: SmtpSink) -> None:
    smtp_sink.plan("drop")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_sink)

    assert len(smtp_sink.received) == 1


def test_sink_refuses_and_accepts_again(smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse()
    with pytest.raises(ConnectionRefusedError):
        send(smtp_sink)

    smtp_sink.accept()
    send(smtp_sink)

    assert len(smtp_sink.received) == 1


def test_worker_takes_messages_and_survives_a_killed_broker(broker: Broker, worker: Worker) -> None:
    broker.kill()
    broker.start()

    app.send_task("config.nothing", queue="notices")

    wait_until(lambda: "config.nothing" in worker.log, 20, "the message")


def test_killed_worker_is_gone(worker: Worker) -> None:
    worker.kill()

    assert worker.process is None
