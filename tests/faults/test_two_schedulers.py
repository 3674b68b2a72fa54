"""A second scheduler, started by mistake: every sweep runs twice at the same moment, without the lease that parts them.

What each sweep does is then done once: a mail, a reminder, a step of a case.
"""

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts import clock
from accounts.states import MemberRole
from config.celery import app
from grants.models import Round
from grants.states import ApplicationState, RoundState
from notifications.models import Letter, Notice
from notifications.states import LetterState, NoticeState
from payments.models import Transfer
from payments.states import AwardState
from tests.factories import make_application, make_member, make_organisation, make_round
from tests.grants.office_world import make_office
from tests.notifications.factories import make_notice
from tests.payments import chain
from tests.reviews.worlds import make_world, start
from tests.services import SmtpSink

pytestmark = pytest.mark.committing

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]


def twice(in_threads: Threads, *names: str) -> None:
    """Run sweeps as two schedulers at once would, each past the lease."""
    app.loader.import_default_modules()
    for name in names:
        sweep = inspect.unwrap(app.tasks[name].run)
        assert in_threads([sweep, sweep]) == [None, None]


def owed() -> Counter[tuple[str, str]]:
    return Counter(Notice.objects.values_list("code", "email"))


def test_mails_go_out_once(in_threads: Threads, smtp_sink: SmtpSink) -> None:
    for _ in range(12):
        make_notice()

    twice(in_threads, "notifications.sweep")

    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}
    received = Counter(mail.message_id for mail in smtp_sink.received)
    assert received == Counter(Notice.objects.values_list("message_id", flat=True))


def test_round_opens_once_and_is_told_once(in_threads: Threads) -> None:
    ends = datetime(2027, 3, 1, 22, 59, 59, tzinfo=UTC)
    office = make_office(RoundState.PUBLISHED, opens_at=clock.now(), deadline_at=ends)
    for _ in range(3):
        organisation = make_organisation()
        make_member(organisation, MemberRole.EDITOR)
        make_application(
            round=make_round(office.fund, RoundState.RUNNING),
            state=ApplicationState.REJECTED,
            organisation=organisation,
        )

    twice(in_threads, "grants.sweep")

    assert Round.objects.get(pk=office.round.pk).state == RoundState.OPEN
    assert set(owed().values()) == {1}
    assert len(owed()) >= 3


def test_letter_is_announced_once_and_moves_no_money_twice(in_threads: Threads) -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.post(case, chain.released(case))
    transfers = Transfer.objects.count()
    chain.days_later(4)

    twice(in_threads, "notifications.sweep", "payments.sweep")

    assert Letter.objects.get().state == LetterState.ANNOUNCED
    assert chain.award_of(case).state == AwardState.NOTIFIED
    assert Counter(code for code, _ in owed().elements())["N14"] == 1
    assert Transfer.objects.count() == transfers


def test_jurors_are_reminded_once(in_threads: Threads) -> None:
    world = start(make_world())
    clock.freeze(datetime(2026, 11, 18, 9, tzinfo=UTC))

    twice(in_threads, "reviews.sweep")

    reminded = Notice.objects.filter(key__startswith="N07:reminder").values_list("user", flat=True)
    assert sorted(reminded) == sorted(juror.user_id for juror in world.jurors)
