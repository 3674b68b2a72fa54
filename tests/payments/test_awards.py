"""What grantees and the office do with an award: waive, start, give up, sue, take the letter back."""

from datetime import date, timedelta

import pytest

from accounts.exceptions import NeedsReason, NotPermitted, NotPossible
from accounts.models import AuditEntry, BankAccount
from accounts.states import MemberRole, Role
from notifications.actions import letters as office
from notifications.models import Letter, Notice
from payments.actions import awards, payouts
from payments.exceptions import LetterNotBack, MoneyOut, NotAnnounced, NotThisDay
from payments.models import Award
from payments.queries import accounts_to_check, awards_of_member
from payments.states import AwardState
from tests import factories
from tests.payments import chain
from tests.payments.chain import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


def notified() -> Case:
    case = chain.make_case()
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
    case = notified()
    award = chain.award_of(case)
    Award.objects.filter(pk=award.pk).update(terms={**award.terms, "waiver": False})

    with pytest.raises(NotPossible):
        awards.waive_remedy(award=award, by=case.owner)


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
    assert first.replaced_at is not None
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
