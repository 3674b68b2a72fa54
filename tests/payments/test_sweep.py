"""What passing days do: deemed, retrieved, expired, came back, final. Counted on the calendar of November 2026."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.exceptions import NotPermitted
from accounts.states import MemberRole
from grants.models import Application, Round
from grants.queries import announced_cases
from grants.states import ApplicationState, RoundState
from notifications.actions import letters as office
from notifications.models import Letter, Notice
from notifications.states import LetterState, NoticeState
from payments.actions import letters
from payments.exceptions import RetrievalOver
from payments.models import CaseLetter
from payments.queries import may_read_letter
from payments.states import AwardState
from payments.tasks import sweep
from tests import factories
from tests.payments import chain
from tests.payments.chain import Case

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


def letter_of(case: Case) -> Letter:
    return Letter.objects.select_related("document").get(case__application=case.application)


def codes(case: Case) -> list[str]:
    return sorted(Notice.objects.filter(user=case.owner).values_list("code", flat=True))


# --- Post ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("posted", range(2, 9))
def test_posted_letter_counts_from_the_fourth_day_whatever_day_that_is(posted: int) -> None:
    case = chain.make_case()
    letter = chain.released(case)
    chain.at(datetime(2026, 11, posted, 12, tzinfo=UTC))
    chain.post(case, letter)
    fourth = date(2026, 11, posted + 4)

    chain.at(datetime(2026, 11, posted + 3, 22, 59, 59, tzinfo=UTC))
    chain.all_sweeps()
    assert letter_of(case).state == LetterState.POSTED
    assert chain.award_of(case).state == AwardState.ISSUED

    # Midnight in Berlin.
    chain.at(datetime(2026, 11, posted + 3, 23, 0, 0, tzinfo=UTC))
    chain.all_sweeps()
    assert letter_of(case).announced_on == fourth
    assert (chain.award_of(case).state, chain.award_of(case).notified_on) == (AwardState.NOTIFIED, fourth)


def test_award_is_final_on_the_day_after_the_period_to_sue() -> None:
    case = chain.make_case()
    chain.post(case, chain.released(case))
    chain.days_later(4)
    chain.all_sweeps()
    # 6 November + 1 month is Sunday, 6 December: the period ends on Monday.
    assert chain.award_of(case).sue_until == date(2026, 12, 7)

    chain.at(datetime(2026, 12, 7, 22, 59, 59, tzinfo=UTC))
    sweep()
    assert chain.award_of(case).state == AwardState.NOTIFIED

    chain.at(datetime(2026, 12, 7, 23, 0, 0, tzinfo=UTC))
    sweep()
    sweep()
    assert (chain.award_of(case).state, chain.award_of(case).final_on) == (AwardState.FINAL, date(2026, 12, 8))
    assert codes(case) == ["N14", "N15"]


def test_rejection_and_award_mails_read_alike() -> None:
    award = chain.make_case()
    rejected = chain.make_case(award.office, state=ApplicationState.DECLINED, round=award.application.round)
    chain.sign(rejected, chain.approve(rejected, chain.draft_rejection(rejected)))
    chain.post(award, chain.released(award))
    chain.post(rejected, letter_of(rejected))
    chain.days_later(4)
    chain.all_sweeps()

    texts = []
    for case, code in ((award, "N14"), (rejected, "N13")):
        notice = Notice.objects.get(code=code, user=case.owner)
        text = f"{notice.subject}\n{notice.body}"
        for own in (case.application.case_number, case.application.title, case.owner.full_name, notice.link):
            text = text.replace(str(own), "…")
        texts.append(text)

    assert texts[0] == texts[1]
    assert "2.500,00" not in texts[0]


def test_letter_that_comes_back_stops_clock_and_payments_until_it_is_announced_again() -> None:
    case = chain.make_case()
    chain.post(case, chain.released(case))
    chain.days_later(4)
    chain.all_sweeps()
    chain.days_later(8)
    office.return_letter(letter=letter_of(case), by=case.office.mail_room, returned_on=date(2026, 11, 10))
    sweep()
    award = chain.award_of(case)
    assert (award.state, award.on_hold, award.notified_on, award.sue_until) == (AwardState.NOTIFIED, True, None, None)

    chain.days_later(60)
    sweep()
    assert chain.award_of(case).state == AwardState.NOTIFIED

    chain.post(case, letter_of(case))
    chain.days_later(64)
    chain.all_sweeps()
    award = chain.award_of(case)
    assert (award.on_hold, award.notified_on) == (False, date(2027, 1, 5))
    assert codes(case) == ["N14", "N14"]


def test_letter_posted_anew_before_the_sweep_saw_its_return_is_announced_again() -> None:
    case = chain.make_case()
    chain.post(case, chain.released(case))
    chain.days_later(4)
    chain.all_sweeps()
    chain.days_later(8)
    office.return_letter(letter=letter_of(case), by=case.office.mail_room, returned_on=date(2026, 11, 10))
    chain.post(case, letter_of(case))
    sweep()
    assert chain.award_of(case).on_hold is True

    chain.days_later(12)
    chain.all_sweeps()

    assert (chain.award_of(case).on_hold, chain.award_of(case).notified_on) == (False, date(2026, 11, 14))


# --- Portal -------------------------------------------------------------------------------------------------


def published(sent: bool = True) -> Case:
    """A letter in the portal; its mail was sent on the same day."""
    case = chain.make_case(electronic=True)
    chain.released(case)
    assert letter_of(case).state == LetterState.PUBLISHED
    if sent:
        Notice.objects.filter(code="N27").update(state=NoticeState.SENT, sent_at=chain.NOW)
    return case


def test_retrieval_counts_from_the_next_day() -> None:
    case = published()
    chain.at(datetime(2026, 11, 6, 22, 30, tzinfo=UTC))

    letters.retrieve_letter(letter=letter_of(case), by=case.owner)
    sweep()
    assert letter_of(case).announced_on == date(2026, 11, 7)
    assert chain.award_of(case).state == AwardState.ISSUED

    chain.at(datetime(2026, 11, 6, 23, 0, tzinfo=UTC))
    sweep()
    assert (chain.award_of(case).state, chain.award_of(case).notified_on) == (AwardState.NOTIFIED, date(2026, 11, 7))


def test_opening_again_changes_nothing() -> None:
    case = published()
    letters.retrieve_letter(letter=letter_of(case), by=case.owner)
    chain.days_later(3)

    again = letters.retrieve_letter(letter=letter_of(case), by=case.owner)

    assert again.announced_on == date(2026, 11, 3)


@pytest.mark.parametrize(("role", "represents"), [("owner", False), ("editor", False), ("reader", False)])
def test_preview_by_others_never_counts(role: str, represents: bool) -> None:
    case = published()
    other = factories.make_member(case.organisation, role=MemberRole(role), represents=represents)

    for person in (other, case.office.officer, case.office.signatory):
        with pytest.raises(NotPermitted):
            letters.retrieve_letter(letter=letter_of(case), by=person)

    assert letter_of(case).state == LetterState.PUBLISHED


def test_readers_read_from_the_day_of_effect() -> None:
    case = published()
    reader = factories.make_member(case.organisation, role=MemberRole.READER)
    letters.retrieve_letter(letter=letter_of(case), by=case.owner)
    row = CaseLetter.objects.select_related("letter", "application").get()

    assert may_read_letter(row, case.owner, today=date(2026, 11, 2))
    assert not may_read_letter(row, reader, today=date(2026, 11, 2))
    assert may_read_letter(row, reader, today=date(2026, 11, 3))


def test_unopened_letter_expires_on_the_eleventh_day_after_the_mail_was_sent() -> None:
    case = published(sent=False)
    Notice.objects.filter(code="N27").update(state=NoticeState.SENT, sent_at=chain.NOW + timedelta(days=2))
    # Sent on the 4th: the tenth day is the 14th.
    chain.at(datetime(2026, 11, 14, 22, 59, 59, tzinfo=UTC))
    sweep()
    assert letter_of(case).state == LetterState.PUBLISHED

    chain.at(datetime(2026, 11, 14, 23, 0, 0, tzinfo=UTC))
    with pytest.raises(RetrievalOver):
        letters.retrieve_letter(letter=letter_of(case), by=case.owner)
    sweep()

    assert letter_of(case).state == LetterState.EXPIRED
    assert letter_of(case).announced_on is None
    assert Notice.objects.filter(code="N28", user=case.owner).count() == 1


def test_last_second_of_the_tenth_day_still_announces() -> None:
    case = published()
    chain.at(datetime(2026, 11, 12, 22, 59, 59, tzinfo=UTC))

    assert letters.retrieve_letter(letter=letter_of(case), by=case.owner).announced_on == date(2026, 11, 13)


def test_letter_waits_while_its_mail_is_not_sent_and_goes_by_post_when_it_cannot_be() -> None:
    case = published(sent=False)
    chain.days_later(40)
    sweep()
    assert letter_of(case).state == LetterState.PUBLISHED

    Notice.objects.filter(code="N27").update(state=NoticeState.FAILED)
    sweep()
    assert letter_of(case).state == LetterState.EXPIRED

    chain.post(case, letter_of(case))
    chain.days_later(44)
    chain.all_sweeps()
    assert letter_of(case).announced_on == date(2026, 12, 16)


def test_without_consent_or_anybody_to_open_it_the_letter_goes_by_post() -> None:
    no_consent = chain.make_case(electronic=True)
    no_consent.application.electronic_announcement = False
    no_consent.application.save()
    nobody = chain.make_case(electronic=True)
    nobody.organisation.memberships.update(represents=False)

    states = [chain.released(case).state for case in (no_consent, nobody)]

    assert states == [LetterState.RELEASED, LetterState.RELEASED]


def test_mail_about_a_letter_tells_nothing_of_its_content() -> None:
    published()

    notice = Notice.objects.get(code="N27")

    for word in ("2.500,00", "ewillig", "blehn", "Award", "L01"):
        assert word not in notice.subject + notice.body


# --- The round ----------------------------------------------------------------------------------------------


def test_round_runs_when_all_its_letters_are_announced() -> None:
    first = chain.make_case()
    second = chain.make_case(first.office, state=ApplicationState.DECLINED, round=first.application.round)
    chain.sign(second, chain.approve(second, chain.draft_rejection(second)))
    chain.post(first, chain.released(first))
    chain.days_later(4)
    chain.all_sweeps()
    assert Round.objects.get(pk=first.application.round_id).state == RoundState.DECIDED

    chain.post(second, letter_of(second))
    chain.days_later(8)
    chain.all_sweeps()

    assert Round.objects.get(pk=first.application.round_id).state == RoundState.RUNNING


def test_round_waits_for_the_letter_of_a_case_found_not_eligible() -> None:
    first = chain.make_case()
    second = chain.make_case(first.office, state=ApplicationState.INELIGIBLE, round=first.application.round)
    chain.post(first, chain.released(first))
    chain.days_later(4)
    chain.all_sweeps()
    assert Round.objects.get(pk=first.application.round_id).state == RoundState.DECIDED

    Application.objects.filter(pk=second.application.pk).update(state=ApplicationState.WITHDRAWN)
    chain.all_sweeps()

    assert Round.objects.get(pk=first.application.round_id).state == RoundState.RUNNING


def test_letter_counts_from_the_day_its_round_had_set_when_it_was_drafted() -> None:
    case = chain.make_case()
    factories.change_round(case.application.round, deemed_days=3)
    case.application = Application.objects.get(pk=case.application.pk)
    letter = chain.post(case, chain.released(case))
    assert letter.deemed_days == 3
    factories.change_round(case.application.round, deemed_days=9)

    chain.days_later(3)
    chain.all_sweeps()

    assert letter_of(case).announced_on == date(2026, 11, 5)


def test_case_page_tells_the_result_from_the_day_of_effect() -> None:
    case = published()
    letters.retrieve_letter(letter=letter_of(case), by=case.owner)
    assert announced_cases([case.application.case_key]) == set()

    chain.days_later(1)

    assert announced_cases([case.application.case_key]) == {case.application.case_key}
