"""What grantees and the office do with an award: waive, start, give up, sue, take the letter back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts import audit
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible
from accounts.models import AuditEntry, BankAccount
from accounts.states import MemberRole, Role
from grants.states import RoundState
from notifications.actions import letters as office
from notifications.models import Letter, Notice
from payments.actions import awards, payouts
from payments.exceptions import LetterNotBack, MoneyOut, NotAnnounced, NotThisDay, StartTooEarly
from payments.queries import accounts_to_check, awards_of_member
from payments.states import AwardState
from tests import factories
from tests.payments import chain
from tests.payments.chain import Case

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


def notified(**rules: Any) -> Case:
    """A case whose award is announced; `rules` are settings of its round."""
    people = chain.make_office()
    round_ = factories.make_round(people.fund, RoundState.DECIDED, budget_year=2026, announcement="post", **rules)
    case = chain.make_case(people, round=round_)
    chain.post(case, chain.released(case))
    chain.days_later(4)
    chain.all_sweeps()
    return case


def test_nothing_is_visible_before_the_letter_is_announced() -> None:
    case = chain.make_case()
    letter = chain.released(case)
    chain.post(case, letter)
    assert not awards_of_member(case.owner).exists()

    chain.days_later(4)
    chain.all_sweeps()

    assert awards_of_member(case.owner).count() == 1


def test_waiver_makes_the_award_final_at_once() -> None:
    case = notified()

    award = awards.waive_remedy(award=chain.award_of(case), by=case.owner)

    assert (award.state, award.final_on) == (AwardState.FINAL, date(2026, 11, 6))
    assert award.waived_at is not None
    assert Notice.objects.filter(code="N15", user=case.owner).count() == 1


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.READER])
def test_waiver_needs_an_owner_who_represents(role: str) -> None:
    case = notified()
    member = factories.make_member(case.organisation, role=role)

    for person in (member, case.office.officer):
        with pytest.raises(NotPermitted):
            awards.waive_remedy(award=chain.award_of(case), by=person)


def test_waiver_that_the_round_does_not_offer_is_refused() -> None:
    case = notified(waiver=False)

    with pytest.raises(NotPossible):
        awards.waive_remedy(award=chain.award_of(case), by=case.owner)


def test_letter_that_came_back_cannot_be_waived_even_before_the_sweep() -> None:
    case = notified()
    office.return_letter(letter=Letter.objects.get(), by=case.office.mail_room, returned_on=date(2026, 11, 6))

    with pytest.raises(NotAnnounced):
        awards.waive_remedy(award=chain.award_of(case), by=case.owner)


def test_start_is_reported_not_in_the_future() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    with pytest.raises(NotThisDay):
        awards.start_project(award=award, by=case.owner, on=date(2026, 11, 7))

    started = awards.start_project(award=award, by=case.owner, on=date(2026, 11, 6))

    assert (started.state, started.started_on) == (AwardState.ACTIVE, date(2026, 11, 6))


def test_relinquish_frees_what_was_committed() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    with pytest.raises(NeedsReason):
        awards.relinquish(award=award, by=case.owner, reason="")

    awards.relinquish(award=award, by=case.owner, reason="Der Raum fehlt.")

    assert (case.books, case.available) == ((0, 0, 0, 0), 1_000_000)
    assert chain.award_of(case).state == AwardState.RELINQUISHED
    assert Notice.objects.filter(code="N25").count() == 1


def test_relinquish_is_refused_while_money_is_open_or_paid() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    payment = chain.request(case, 1_000)
    with pytest.raises(MoneyOut):
        awards.relinquish(award=award, by=case.owner, reason="x")
    payouts.withdraw_request(payment=payment, by=case.owner)
    paid = chain.exported(case, chain.ordered(case, 1_000))[0]
    payouts.confirm(payment=paid, by=case.office.treasury, booked_on=date(2026, 11, 6))

    with pytest.raises(MoneyOut):
        awards.relinquish(award=award, by=case.owner, reason="x")

    assert case.books == (0, 249_000, 0, 1_000)


def test_lawsuit_holds_payments_until_the_head_records_its_end() -> None:
    case = notified()
    sued = awards.file_lawsuit(award=chain.award_of(case), by=case.office.officer, reason="VG Hannover, 1 A 1/26")
    assert (sued.state, sued.on_hold) == (AwardState.CHALLENGED, True)
    with pytest.raises(NotPermitted):
        awards.end_lawsuit(award=sued, by=case.office.officer, reason="x")
    chain.days_later(90)
    chain.all_sweeps()
    assert chain.award_of(case).state == AwardState.CHALLENGED

    ended = awards.end_lawsuit(award=sued, by=case.office.head, reason="Klage abgewiesen")

    assert (ended.state, ended.on_hold, ended.final_on) == (AwardState.FINAL, False, date(2027, 1, 31))


def test_who_recorded_a_lawsuit_does_not_record_its_end() -> None:
    case = notified()
    both = factories.make_staff(case.office.fund, Role.CASE_OFFICER, Role.HEAD_OF_UNIT)
    sued = awards.file_lawsuit(award=chain.award_of(case), by=both, reason="1 A 1/26")

    with pytest.raises(NotPermitted):
        awards.end_lawsuit(award=sued, by=both, reason="Klage abgewiesen")

    assert "lawsuit_ended" not in audit.available(sued, both)
    assert awards.end_lawsuit(award=sued, by=case.office.head, reason="Klage abgewiesen").state == AwardState.FINAL


def test_wrong_instruction_gives_a_year_to_sue() -> None:
    case = notified()
    award = chain.award_of(case)
    # Announced on 6 November; 6 December is a Sunday.
    assert award.sue_until == date(2026, 12, 7)
    with pytest.raises(NeedsReason):
        awards.instruction_was_wrong(award=award, by=case.office.officer, reason=" ")
    with pytest.raises(NotPermitted):
        awards.instruction_was_wrong(award=award, by=case.office.head, reason="Falsches Gericht")

    longer = awards.instruction_was_wrong(award=award, by=case.office.officer, reason="Falsches Gericht genannt")

    # 6 November 2027 is a Saturday.
    assert (longer.sue_until, longer.final_from) == (date(2027, 11, 8), date(2027, 11, 9))
    entry = audit.history(longer).last()
    assert entry is not None
    assert (entry.action, entry.reason) == ("instruction_wrong", "Falsches Gericht genannt")
    with pytest.raises(NotPossible):
        awards.instruction_was_wrong(award=longer, by=case.office.officer, reason="noch einmal")
    chain.days_later(60)
    chain.all_sweeps()
    assert chain.award_of(case).state == AwardState.NOTIFIED
    chain.days_later(372)
    chain.all_sweeps()
    assert chain.award_of(case).final_on == date(2027, 11, 9)


def test_year_to_sue_outlives_a_letter_that_came_back() -> None:
    case = notified()
    awards.instruction_was_wrong(award=chain.award_of(case), by=case.office.officer, reason="Belehrung fehlt")
    letter = Letter.objects.get()
    office.return_letter(letter=letter, by=case.office.mail_room, returned_on=date(2026, 11, 6))
    chain.all_sweeps()
    assert chain.award_of(case).sue_until is None
    chain.days_later(7)
    chain.post(case, letter)
    chain.days_later(11)
    chain.all_sweeps()

    # Announced on 13 November 2026; a year later is a Saturday.
    assert chain.award_of(case).sue_until == date(2027, 11, 15)


# --- When a project may begin ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "up_to", "first"),
    [
        ("on_award", None, chain.TODAY),
        ("on_consent", None, chain.TODAY),
        ("on_submission", None, date(2026, 10, 5)),
        ("on_submission", 10_000_000, date(2026, 10, 5)),
        # The plan of the case costs more than this.
        ("on_submission", 100, chain.TODAY),
    ],
)
def test_project_begins_no_earlier_than_its_round_allows(rule: str, up_to: int | None, first: date) -> None:
    case = notified(start_rule=rule, start_rule_up_to_cents=up_to)
    case.application.submitted_at = chain.NOW - timedelta(days=28)
    case.application.save(update_fields=["submitted_at"])
    award = awards.waive_remedy(award=chain.award_of(case), by=case.owner)

    with pytest.raises(StartTooEarly, match=first.strftime("%d.%m.%Y")):
        awards.start_project(award=award, by=case.owner, on=first - timedelta(days=1))
    with pytest.raises(StartTooEarly):
        awards.start_project(award=award, by=case.owner, on=date(1900, 1, 1))

    assert awards.start_project(award=award, by=case.owner, on=first).started_on == first


def test_rule_of_the_start_is_frozen_into_the_award() -> None:
    case = notified(start_rule="on_submission", start_rule_up_to_cents=10_000_000)

    terms = chain.award_of(case).terms

    assert (terms["start_rule"], terms["start_rule_up_to_cents"]) == ("on_submission", 10_000_000)


def test_final_award_is_stopped_only_when_the_letter_is_recorded_as_back() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    with pytest.raises(LetterNotBack):
        awards.letter_came_back(award=award, by=case.office.officer, reason="Postrückläufer")
    office.return_letter(letter=Letter.objects.get(), by=case.office.mail_room, returned_on=date(2026, 11, 6))

    stopped = awards.letter_came_back(award=award, by=case.office.officer, reason="Postrückläufer")

    assert (stopped.state, stopped.on_hold, stopped.final_on) == (AwardState.NOTIFIED, True, None)
    with pytest.raises(NotPossible):
        chain.request(case, 1_000)


# --- Bank accounts ------------------------------------------------------------------------------------------


def test_first_account_may_be_used_at_once_and_a_change_only_after_the_cooling_off() -> None:
    case = chain.make_case(checked=False)
    first = awards.check_bank_account(account=case.account, by=case.office.officer)
    assert first.usable_from == chain.TODAY
    second = factories.make_bank_account(case.organisation, case.owner, iban="DE89370400440532013000")

    changed = awards.check_bank_account(account=second, by=case.office.finance_a)

    first.refresh_from_db()
    assert changed.usable_from == chain.TODAY + timedelta(days=3)
    # Midnight in Berlin, at which the new one begins.
    assert first.replaced_at == datetime(2026, 11, 4, 23, tzinfo=UTC)
    with pytest.raises(NotPossible):
        awards.check_bank_account(account=second, by=case.office.officer)


def test_old_contacts_are_told_of_a_changed_account() -> None:
    case = chain.make_case(checked=False)
    awards.check_bank_account(account=case.account, by=case.office.officer)
    assert not Notice.objects.filter(code="ACCOUNT").exists()
    newcomer = factories.make_member(case.organisation)
    case.owner.memberships.update(ended_at=chain.NOW)
    second = factories.make_bank_account(case.organisation, newcomer, iban="DE89370400440532013000")

    awards.check_bank_account(account=second, by=case.office.finance_a)

    told = Notice.objects.filter(code="ACCOUNT")
    assert {notice.user for notice in told} == {case.owner, newcomer}
    assert all("3000" in notice.body and second.iban not in notice.body for notice in told)


def test_account_is_checked_by_a_second_person_of_a_fund_with_a_sent_case() -> None:
    case = chain.make_case(checked=False)
    stranger = factories.make_staff(factories.make_fund(), Role.CASE_OFFICER)
    for person in (case.owner, case.office.finance_b, stranger):
        with pytest.raises(NotPermitted):
            awards.check_bank_account(account=case.account, by=person)

    assert list(accounts_to_check(case.office.officer)) == [case.account]
    assert list(accounts_to_check(stranger)) == []


def test_draft_in_a_fund_opens_no_bank_account_to_its_staff() -> None:
    application = factories.make_application()
    officer = factories.make_staff(application.fund, Role.CASE_OFFICER)
    owner = application.created_by
    assert application.organisation is not None
    account = factories.make_bank_account(application.organisation, owner)

    assert list(accounts_to_check(officer)) == []
    with pytest.raises(NotPermitted):
        awards.look_at_bank_account(account=account, by=officer)


def test_looking_at_the_whole_number_is_recorded() -> None:
    case = chain.make_case(checked=False)

    awards.look_at_bank_account(account=case.account, by=case.office.officer)

    entry = AuditEntry.objects.get(action="look_at_bank_account")
    assert (entry.actor, entry.subject_id) == (case.office.officer, case.account.pk)
    assert BankAccount.objects.get(pk=case.account.pk).iban not in entry.subject_label
