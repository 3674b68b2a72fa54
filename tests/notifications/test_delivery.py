"""Sending what is owed: once claimed, handed over, recorded; and what a refusal leads to."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts import clock
from notifications import claims, delivery, transport
from notifications.models import Notice
from notifications.states import NoticeState
from tests.factories import make_fund
from tests.notifications.factories import make_notice
from tests.services import SmtpSink

pytestmark = pytest.mark.django_db


def deliver() -> None:
    delivery.deliver_due(seconds=30)


def test_owed_notice_is_sent_once(smtp_sink: SmtpSink) -> None:
    fund = make_fund(name="Miteinander", email="fonds@example.org")
    notice = make_notice("Verein@example.org", fund=fund, subject="Eingang bestätigt")

    deliver()
    deliver()

    [mail] = smtp_sink.received
    assert mail.recipients == ["Verein@example.org"]
    assert mail.message["Subject"] == "Eingang bestätigt"
    assert mail.message["From"] == f"Miteinander <{settings.DEFAULT_FROM_EMAIL}>"
    assert mail.message["Reply-To"] == "fonds@example.org"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message_id == notice.message_id
    assert mail.message.get_content().replace("\r\n", "\n") == "Guten Tag,\n\nhier ist ein Hinweis.\n"
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.error) == (NoticeState.SENT, 1, "")
    assert notice.sent_at is not None
    assert (notice.lease_token, notice.lease_until) == ("", None)


def test_text_with_token_is_erased_once_sent(smtp_sink: SmtpSink) -> None:
    notice = make_notice(body="https://example.org/konto/token-123/", erase_body=True)

    deliver()

    notice.refresh_from_db()
    assert notice.body == ""
    assert "token-123" in smtp_sink.received[0].message.get_content()


@pytest.mark.parametrize("answer", ["421", "451"])
def test_refusal_for_now_is_tried_again_with_the_same_message_id(smtp_sink: SmtpSink, answer: str) -> None:
    notice = make_notice()
    smtp_sink.plan(answer)

    deliver()

    notice.refresh_from_db()
    assert notice.state == NoticeState.OWED
    assert notice.error.startswith(answer)
    assert notice.next_try_at > clock.now()
    Notice.objects.update(next_try_at=clock.now())
    deliver()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.error) == (NoticeState.SENT, 2, "")
    assert [mail.message_id for mail in smtp_sink.received] == [notice.message_id]


def test_refusal_for_good_goes_to_people_and_others_still_leave(smtp_sink: SmtpSink) -> None:
    refused, other = make_notice(), make_notice()
    smtp_sink.plan("550")

    deliver()

    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.state, refused.error) == (NoticeState.FAILED, "550 planned by the test")
    assert other.state == NoticeState.SENT


def test_unreachable_server_ends_the_run_and_delays_one_row_only(smtp_sink: SmtpSink) -> None:
    first, second = make_notice(), make_notice()
    smtp_sink.refuse()

    deliver()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts) == (NoticeState.OWED, 1)
    assert "ConnectionRefused" in first.error
    assert second.attempts == 0


def test_dropped_connection_after_acceptance_sends_a_second_copy_of_the_same_message(
    smtp_sink: SmtpSink,
) -> None:
    notice = make_notice()
    smtp_sink.plan("drop")

    deliver()
    Notice.objects.update(next_try_at=clock.now())
    deliver()

    assert [mail.message_id for mail in smtp_sink.received] == [notice.message_id] * 2
    assert smtp_sink.received[0].message["Date"] == smtp_sink.received[1].message["Date"]
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_silent_server_is_given_up_after_the_timeout(smtp_sink: SmtpSink, settings: Any) -> None:
    settings.OUTBOX_EMAIL_TIMEOUT = 0.3
    notice = make_notice()
    smtp_sink.plan("hang")

    deliver()

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.OWED, 1)
    assert notice.error != ""


def test_after_72_hours_of_refusals_a_person_has_to_look(smtp_sink: SmtpSink) -> None:
    notice = make_notice()
    clock.freeze(clock.now() + timedelta(hours=72))
    smtp_sink.plan("451")

    deliver()

    notice.refresh_from_db()
    assert (notice.state, notice.error) == (NoticeState.FAILED, "451 planned by the test")


def test_address_that_no_mail_can_carry_fails_alone(smtp_sink: SmtpSink) -> None:
    broken = make_notice("a@example.org\nBcc: b@example.org")
    fine = make_notice()

    deliver()

    broken.refresh_from_db()
    fine.refresh_from_db()
    assert broken.state == NoticeState.FAILED
    assert fine.state == NoticeState.SENT
    assert len(smtp_sink.received) == 1


def test_leased_row_is_left_alone_until_the_lease_ends(smtp_sink: SmtpSink) -> None:
    notice = make_notice()
    assert claims.claim(delivery.owed(), clock.now()) is not None

    deliver()
    assert smtp_sink.received == []

    clock.freeze(clock.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS + 1))
    deliver()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.SENT, 2)


def test_lease_of_a_process_that_is_gone_ends_at_the_next_sweep() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    lease = clock.now() + timedelta(minutes=4)
    dead, alive, elsewhere = (
        make_notice(lease_token=token, lease_until=lease)
        for token in (claims.token_of(gone.pid), claims.token_of(os.getpid()), "abcdef01.1.of-another-machine")
    )

    assert claims.free_abandoned(delivery.owed(), clock.now()) == 1

    free = Notice.objects.filter(claims.free(clock.now()))
    assert list(free) == [dead]
    assert not free.filter(pk__in=[alive.pk, elsewhere.pk]).exists()


def test_worker_that_lost_its_lease_records_nothing(smtp_sink: SmtpSink) -> None:
    notice = make_notice()
    late = claims.claim(delivery.owed(), clock.now())
    assert late is not None
    Notice.objects.update(lease_token="of-another-worker")

    with transport.open_transport() as way:
        delivery._deliver(late, way)

    notice.refresh_from_db()
    assert (notice.state, notice.lease_token) == (NoticeState.OWED, "of-another-worker")


def test_lease_outlives_task_and_task_outlives_one_hanging_message() -> None:
    assert settings.OUTBOX_LEASE_SECONDS > settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_TASK_TIME_LIMIT > settings.CELERY_TASK_SOFT_TIME_LIMIT > settings.OUTBOX_EMAIL_TIMEOUT


def test_tries_come_after_a_quarter_of_the_time_waited_and_at_least_every_hour() -> None:
    now = clock.now()
    waits = [claims.next_try(now - timedelta(seconds=s), now) - now for s in (0, 60, 600, 7200, 200_000)]

    assert [wait.total_seconds() for wait in waits] == [15, 15, 150, 1800, 3600]


@pytest.mark.committing
def test_two_workers_send_each_notice_once(smtp_sink: SmtpSink, in_threads: Callable[..., list[Any]]) -> None:
    notices = [make_notice() for _ in range(30)]

    results = in_threads([deliver] * 4)

    assert results == [None] * 4
    assert sorted(m.message_id for m in smtp_sink.received) == sorted(n.message_id for n in notices)
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.SENT, 1)}
