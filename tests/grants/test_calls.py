"""Who hears of a round, when, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import clock
from accounts.states import MemberRole
from grants import actions
from grants.actions import round_settings
from grants.models import Round
from grants.states import ApplicationState as S
from grants.states import RoundState
from grants.tasks import sweep
from notifications.models import Notice, Timer
from tests.factories import make_application, make_member, make_organisation, make_round
from tests.grants.office_world import make_office

# The deadline is 1 March 2027, 23:59:59 in Berlin (winter time).
OPENS, ENDS = datetime(2027, 1, 10, 8, tzinfo=UTC), datetime(2027, 3, 1, 22, 59, 59, tzinfo=UTC)


def told(word: str) -> list[str]:
    rows = Notice.objects.filter(code="N29", subject__contains=word).order_by("pk")
    return [notice.email for notice in rows]


def opened(**fields: object) -> Round:
    round_ = make_round(None, RoundState.PUBLISHED, opens_at=OPENS, deadline_at=ENDS, **fields)
    with clock.hold(OPENS):
        return actions.open_round(round_=round_)


@pytest.mark.committing
class TestNotices:
    def test_who_applied_before_hears_once_that_a_round_opens(self) -> None:
        office = make_office(RoundState.PUBLISHED, opens_at=clock.now(), deadline_at=ENDS)
        before = make_round(office.fund, RoundState.RUNNING)
        organisation = make_organisation()
        make_application(round=before, state=S.REJECTED, organisation=organisation)
        colleague = make_member(organisation, MemberRole.EDITOR)
        make_member(organisation, MemberRole.READER)
        make_application(round=before, state=S.DRAFT)
        make_application(round=make_round(), state=S.AWARDED)
        make_member(make_organisation())

        sweep()
        sweep()

        writers = {
            colleague.email,
            *organisation.memberships.filter(role="owner").values_list("user__email", flat=True),
        }
        assert sorted(told("jetzt Anträge stellen")) == sorted(writers)
        notice = Notice.objects.filter(code="N29")[0]
        assert f"/calls/{office.fund.slug}/{office.round.slug}/" in notice.body
        assert "Montag, 1. März 2027, 23:59 Uhr" in notice.body

    def test_drafts_are_reminded_14_3_and_1_days_before_the_deadline_each_once(self) -> None:
        round_ = opened()
        draft = make_application(round=round_)
        make_application(round=round_, state=S.SUBMITTED)
        counts = {}
        for day in range(13, 29):
            with clock.hold(datetime(2027, 2, day, 7, tzinfo=UTC)):
                sweep()
                sweep()
            counts[day] = len(told("noch nicht abgesendet"))

        assert {day: counts[day] for day in (14, 15, 25, 26, 27, 28)} == {14: 0, 15: 1, 25: 1, 26: 2, 27: 2, 28: 3}
        assert set(told("noch nicht abgesendet")) == {draft.created_by.email}

    def test_who_begins_late_gets_no_reminder_that_is_past(self) -> None:
        round_ = opened()
        with clock.hold(datetime(2027, 2, 20, 12, tzinfo=UTC)):
            sweep()
            make_application(round=round_)
            sweep()

        assert told("noch nicht abgesendet") == []

    def test_a_later_deadline_moves_the_reminders(self) -> None:
        office = make_office(RoundState.PUBLISHED, opens_at=clock.now(), deadline_at=ENDS)
        sweep()
        make_application(round=office.round)
        round_settings.extend(
            round_=Round.objects.get(pk=office.round.pk),
            by=office.head,
            deadline_at=ENDS + timedelta(days=2),
            reason="Störung.",
        )

        with clock.hold(datetime(2027, 2, 28, 12, tzinfo=UTC)):
            sweep()
            assert len(told("noch nicht abgesendet")) == 2
        with clock.hold(datetime(2027, 3, 2, 7, tzinfo=UTC)):
            sweep()
            assert len(told("noch nicht abgesendet")) == 3
        assert not Timer.objects.filter(kind="deadline_near", done_at=None).exists()

    def test_a_round_that_is_over_reminds_nobody(self) -> None:
        make_application(round=opened())

        with clock.hold(ENDS + timedelta(days=1)):
            sweep()

        assert told("noch nicht abgesendet") == []
