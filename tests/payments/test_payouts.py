"""From the decided case to the booked payment, with the books after each step; three pairs of hands."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.guards import lifted
from accounts.models import BankAccount
from accounts.states import MemberRole, Role
from grants.states import RoundState
from notifications.exceptions import FileDamaged
from notifications.models import Notice
from payments import ledger
from payments.actions import awards, letters, payouts
from payments.bank import PayeeCheck
from payments.exceptions import (
    AccountAltered,
    AccountReplaced,
    BankCoolingOff,
    DayInThePast,
    DebtorAccountMissing,
    NameDoubtful,
    NoBankAccount,
    NoOtherAccount,
    NotAsOrdered,
    NothingChosen,
    NotThisDay,
    NotUsedInTime,
    TooMuchRequested,
)
from payments.models import Award, CaseAccount, Payment, PaymentExport
from payments.queries import books, requestable_cents
from payments.states import NameCheck, PaymentState
from payments.steps.payouts import content_of, end_to_end_id
from tests import factories
from tests.payments import chain
from tests.payments.chain import Case

pytestmark = pytest.mark.django_db
BOOKED = date(2026, 11, 6)


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


def files() -> list[Path]:
    return sorted((Path(settings.MEDIA_ROOT) / "exports").glob("*"))


@pytest.fixture
def case() -> Case:
    made = chain.make_case()
    chain.final_award(made)
    return made


def test_whole_chain_books_each_step_to_the_cent() -> None:
    case = chain.make_case()
    assert (case.books, case.available) == ((250_000, 0, 0, 0), 750_000)
    letter = chain.approve(case, chain.draft(case))
    assert case.books == (250_000, 0, 0, 0)
    chain.sign(case, letter)
    assert (case.books, case.available) == ((0, 250_000, 0, 0), 750_000)
    letters.release_letters(round_=case.application.round, by=case.office.head)
    chain.post(case, letter)
    chain.days_later(4)
    chain.all_sweeps()
    awards.waive_remedy(award=chain.award_of(case), by=case.owner)
    assert case.books == (0, 250_000, 0, 0)

    payment = chain.request(case, 100_001)
    assert case.books == (0, 250_000, 0, 0)
    certified = payouts.certify(payment=payment, by=case.office.finance_a)
    assert case.books == (0, 250_000, 0, 0)
    ordered = payouts.order(payment=certified, by=case.office.finance_b)
    assert case.books == (0, 149_999, 100_001, 0)
    chain.hand_over(case, ordered)
    assert case.books == (0, 149_999, 100_001, 0)
    exported = Payment.objects.get(pk=payment.pk)
    paid = payouts.confirm(payment=exported, by=case.office.treasury, booked_on=BOOKED)
    assert (case.books, case.available) == ((0, 149_999, 0, 100_001), 750_000)
    # 6 November + 2 months: 6 January 2027, a Wednesday.
    assert (paid.state, paid.use_by) == (PaymentState.PAID, date(2027, 1, 6))
    assert Notice.objects.filter(code="N19", user=case.owner).count() == 1


# --- Requests -----------------------------------------------------------------------------------------------


def test_at_most_what_is_granted_and_not_requested(case: Case) -> None:
    award = chain.award_of(case)
    chain.request(case, 200_000)
    assert requestable_cents(award) == 50_000
    for cents in (50_001, 0, -5):
        with pytest.raises(TooMuchRequested):
            chain.request(case, cents)

    chain.request(case, 50_000)

    assert requestable_cents(award) == 0


def test_refused_and_withdrawn_requests_can_be_made_again(case: Case) -> None:
    first, second = chain.request(case, 100_000), chain.request(case, 150_000)
    payouts.refuse(payment=first, by=case.office.finance_a, reason="Bitte genauer beschreiben.")
    payouts.withdraw_request(payment=second, by=case.owner)

    third = chain.request(case, 250_000)

    assert third.end_to_end_id == f"{case.application.case_number}-3"
    assert Notice.objects.filter(code="N24").count() == 1


def test_later_instalments_wait_for_the_first_check() -> None:
    plan = [{"percent": 70, "when": "on_finality"}, {"percent": 30, "when": "after_proof"}]
    office = chain.make_office()
    round_ = factories.make_round(office.fund, RoundState.DECIDED, budget_year=2026, instalments=plan)
    case = chain.make_case(office, round=round_)
    chain.final_award(case)

    assert requestable_cents(chain.award_of(case)) == 175_000


def test_request_needs_a_final_award_an_owner_and_an_account() -> None:
    early = chain.make_case()
    chain.signed(early)
    with pytest.raises(NotPossible):
        chain.request(early, 1_000)
    case = chain.make_case()
    award = chain.final_award(case)
    editor = factories.make_member(case.organisation, role=MemberRole.EDITOR)
    for person in (editor, case.office.finance_a):
        with pytest.raises(NotPermitted):
            payouts.request_payment(
                award=award, amount_cents=1_000, purpose="", planned_use_by=chain.TODAY + timedelta(days=9), by=person
            )
    case.organisation.bank_accounts.update(replaced_at=chain.NOW)
    with pytest.raises(NoBankAccount):
        chain.request(case, 1_000)


def test_unchecked_change_does_not_replace_the_checked_account(case: Case) -> None:
    factories.make_bank_account(case.organisation, case.owner, iban="DE89370400440532013000")

    assert chain.request(case, 1_000).bank_account == case.account


def test_same_page_requests_once(case: Case) -> None:
    award = chain.award_of(case)
    chain.ask(case, 100_000, award)

    with pytest.raises(LostRace):
        chain.ask(case, 100_000, award)

    assert Payment.objects.get().amount_cents == 100_000


def test_money_that_would_lie_too_long_is_not_requested(case: Case) -> None:
    def ask(day: date) -> Payment:
        return payouts.request_payment(
            award=chain.award_of(case), amount_cents=1_000, purpose="Miete", planned_use_by=day, by=case.owner
        )

    # Two months from a booking within 30 days of 6 November: 6 February 2027, a Saturday.
    with pytest.raises(NotUsedInTime, match=r"08\.02\.2027"):
        ask(date(2027, 2, 9))
    with pytest.raises(DayInThePast):
        ask(date(2026, 11, 5))

    assert ask(date(2027, 2, 8)).planned_use_by == date(2027, 2, 8)


def test_older_account_is_paid_to_until_the_new_one_may_be(case: Case) -> None:
    old_one = chain.ordered(case, 1_000)
    late = chain.request(case, 2_000)
    new = factories.make_bank_account(case.organisation, case.owner, iban="DE89370400440532013000")
    # 6 November and three days of cooling-off: usable from the 9th.
    awards.check_bank_account(account=new, by=case.office.officer)

    assert chain.request(case, 3_000).bank_account == case.account
    assert chain.hand_over(case, old_one).count == 1
    chain.days_later(6, hour=22)
    assert payouts.certify(payment=late, by=case.office.finance_a).state == PaymentState.CHECKED
    # Midnight in Berlin.
    chain.days_later(6, hour=23)
    with pytest.raises(AccountReplaced):
        payouts.order(payment=Payment.objects.get(pk=late.pk), by=case.office.finance_b)
    assert chain.request(case, 4_000).bank_account == new


# --- A, B, C ------------------------------------------------------------------------------------------------


def test_three_different_people_in_code(case: Case) -> None:
    everything = factories.make_staff(case.office.fund, Role.FINANCE_A, Role.FINANCE_B, Role.TREASURY)
    before = files()
    certified = payouts.certify(payment=chain.request(case, 1_000), by=everything)
    with pytest.raises(NotPermitted):
        payouts.order(payment=certified, by=everything)
    ordered = payouts.order(payment=certified, by=case.office.finance_b)
    with pytest.raises(NotPermitted):
        chain.hand_over(case, ordered, by=everything)
    second = payouts.certify(payment=chain.request(case, 1_000), by=case.office.finance_a)
    payouts.order(payment=second, by=everything)

    with pytest.raises(NotPermitted):
        chain.hand_over(case, second, by=everything)

    assert not PaymentExport.objects.exists()
    assert files() == before


@pytest.mark.parametrize(
    "same",
    [
        {"certified_by": "a", "ordered_by": "a"},
        {"certified_by": "a", "ordered_by": "b", "exported_by": "a"},
        {"certified_by": "a", "ordered_by": "b", "exported_by": "b"},
        {"ordered_by": "b"},
        {"exported_by": "c"},
    ],
)
def test_three_different_people_by_the_database(case: Case, same: dict[str, str]) -> None:
    payment = chain.request(case, 1_000)
    people = {"a": case.office.finance_a, "b": case.office.finance_b, "c": case.office.treasury}

    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**{name: people[who] for name, who in same.items()})


def test_order_keeps_to_the_limit_of_the_role(case: Case) -> None:
    limited = factories.make_staff(case.office.fund, Role.FINANCE_B, limit_cents=99_999)
    certified = payouts.certify(payment=chain.request(case, 100_000), by=case.office.finance_a)

    with pytest.raises(NotPermitted):
        payouts.order(payment=certified, by=limited)

    assert case.books == (0, 250_000, 0, 0)


def test_account_must_be_checked_and_cooled_down() -> None:
    case = chain.make_case(usable_from=date(2026, 11, 7))
    chain.final_award(case)
    payment = chain.request(case, 1_000)
    with pytest.raises(BankCoolingOff, match=r"07\.11\.2026"):
        payouts.certify(payment=payment, by=case.office.finance_a)
    chain.days_later(5)

    assert payouts.certify(payment=payment, by=case.office.finance_a).state == PaymentState.CHECKED


def test_replaced_account_is_not_paid_to_even_after_the_order(case: Case) -> None:
    ordered = chain.ordered(case, 1_000)
    case.organisation.bank_accounts.update(replaced_at=chain.NOW)

    with pytest.raises(AccountReplaced):
        chain.hand_over(case, ordered)

    payouts.cancel(payment=ordered, by=case.office.finance_b, reason="Konto gewechselt")
    assert case.books == (0, 250_000, 0, 0)


def test_who_checked_the_account_does_not_certify(case: Case) -> None:
    checker = factories.make_staff(case.office.fund, Role.FINANCE_A, Role.CASE_OFFICER)
    new = factories.make_bank_account(case.organisation, case.owner, iban="DE89370400440532013000")
    awards.check_bank_account(account=new, by=checker)
    chain.days_later(7)
    payment = chain.request(case, 1_000)

    with pytest.raises(NotPermitted):
        payouts.certify(payment=payment, by=checker)

    assert "certify" not in audit.available(payment, checker)
    assert payouts.certify(payment=payment, by=case.office.finance_a).state == PaymentState.CHECKED


def test_hold_stops_certifying_ordering_and_exporting(case: Case) -> None:
    requested, certified = chain.request(case, 1_000), chain.request(case, 1_000)
    certified = payouts.certify(payment=certified, by=case.office.finance_a)
    ordered = chain.ordered(case, 1_000)
    Award.objects.update(on_hold=True)

    with pytest.raises(NotPossible):
        payouts.certify(payment=requested, by=case.office.finance_a)
    with pytest.raises(NotPossible):
        payouts.order(payment=certified, by=case.office.finance_b)
    with pytest.raises(NotPossible):
        chain.hand_over(case, ordered)

    assert case.books == (0, 249_000, 1_000, 0)


def test_given_back_payment_is_certified_anew(case: Case) -> None:
    certified = payouts.certify(payment=chain.request(case, 1_000), by=case.office.finance_a)
    back = payouts.give_back(payment=certified, by=case.office.finance_b, reason="Beleg fehlt")

    assert (back.state, back.certified_by, back.note) == (PaymentState.REQUESTED, None, "Beleg fehlt")


@pytest.mark.parametrize("step", ["refuse", "give_back", "cancel", "bounce", "late_return", "give_up"])
def test_steps_back_need_a_reason(case: Case, step: str) -> None:
    payment = chain.request(case, 1_000)

    with pytest.raises(NeedsReason):
        getattr(payouts, step)(payment=payment, by=case.office.finance_a, reason="  ")


# --- The file -----------------------------------------------------------------------------------------------


def test_payment_is_exported_once_in_its_life(case: Case) -> None:
    ordered = chain.ordered(case, 1_000)
    chain.hand_over(case, ordered)

    with pytest.raises(LostRace):
        chain.hand_over(case, ordered)

    assert PaymentExport.objects.count() == 1


def test_refused_file_leaves_nothing_behind(case: Case) -> None:
    first, second = chain.ordered(case, 1_000), chain.ordered(case, 2_000)
    payouts.cancel(payment=second, by=case.office.finance_b, reason="x")
    before = files()

    with pytest.raises(LostRace):
        chain.hand_over(case, first, second)

    assert Payment.objects.get(pk=first.pk).state == PaymentState.ORDERED
    assert (PaymentExport.objects.count(), files()) == (0, before)


@pytest.mark.parametrize("result", [NameCheck.CLOSE, NameCheck.NO_MATCH])
def test_doubtful_name_is_paid_only_with_a_reason(case: Case, result: NameCheck) -> None:
    ordered = chain.ordered(case, 1_000)
    for note in ("", "  "):
        with pytest.raises(NameDoubtful):
            payouts.export(
                fund=case.office.fund, checks=[PayeeCheck(ordered.pk, result, note)], by=case.office.treasury
            )

    check = PayeeCheck(ordered.pk, result, " Satzung liegt vor ")
    payouts.export(fund=case.office.fund, checks=[check], by=case.office.treasury)

    ordered.refresh_from_db()
    assert (ordered.name_check, ordered.name_check_note) == (result, "Satzung liegt vor")


def test_payment_that_is_not_what_the_ledger_ordered_is_not_handed_over(case: Case) -> None:
    certified = payouts.certify(payment=chain.request(case, 1_000), by=case.office.finance_a)
    # As if somebody wrote past the ledger: the life cycle allows the step, the books know nothing of it.
    Payment.objects.filter(pk=certified.pk).update(
        state=PaymentState.ORDERED, ordered_by=case.office.finance_b, ordered_at=chain.NOW
    )
    before = files()

    with pytest.raises(NotAsOrdered, match=certified.end_to_end_id):
        chain.hand_over(case, certified)

    assert (PaymentExport.objects.count(), files()) == (0, before)


def test_altered_iban_is_not_paid_to(case: Case) -> None:
    ordered = chain.ordered(case, 1_000)
    before = files()

    with lifted("bankaccount_iban_frozen", "accounts_bankaccount"):
        BankAccount.objects.update(iban="DE31500105175432101234")

    with pytest.raises(AccountAltered, match=ordered.end_to_end_id):
        chain.hand_over(case, ordered)
    assert (PaymentExport.objects.count(), files()) == (0, before)
    assert any(case.account.masked in error for error in books.check().errors)


def test_file_needs_payments_of_its_fund_and_a_paying_account(case: Case) -> None:
    ordered = chain.ordered(case, 1_000)
    other = factories.make_fund()
    with pytest.raises(NothingChosen):
        chain.hand_over(case)
    with pytest.raises(LostRace):
        chain.hand_over(case, ordered, fund=other)
    case.office.fund.debtor_name = ""
    with pytest.raises(DebtorAccountMissing):
        chain.hand_over(case, ordered)


def test_money_of_a_year_that_is_over_is_not_handed_to_the_bank(case: Case) -> None:
    ordered = chain.ordered(case, 1_000)
    chain.days_later(90)

    with pytest.raises(ledger.YearOver):
        chain.hand_over(case, ordered)


def test_changed_file_is_not_handed_out(case: Case) -> None:
    chain.exported(case, chain.ordered(case, 1_000))
    record = PaymentExport.objects.get()
    path = Path(settings.MEDIA_ROOT) / record.file
    assert content_of(record) == path.read_bytes()
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(FileDamaged):
        content_of(record)


# --- What the bank says -------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2026, 11, 5), date(2026, 11, 8)])
def test_booking_lies_between_the_file_and_today(case: Case, day: date) -> None:
    payment = chain.exported(case, chain.ordered(case, 1_000))[0]
    chain.days_later(5)

    with pytest.raises(NotThisDay):
        payouts.confirm(payment=payment, by=case.office.treasury, booked_on=day)

    assert case.books == (0, 249_000, 1_000, 0)


def test_bounced_transfer_is_committed_again_and_goes_to_the_new_account(case: Case) -> None:
    payment = chain.exported(case, chain.ordered(case, 1_000))[0]
    failed = payouts.bounce(payment=payment, by=case.office.treasury, reason="AC04 Konto erloschen")
    assert (case.books, failed.state) == ((0, 250_000, 0, 0), PaymentState.FAILED)
    with pytest.raises(NoOtherAccount):
        payouts.correct_account(payment=failed, by=case.owner)
    new = factories.make_bank_account(case.organisation, case.owner, iban="DE89370400440532013000")
    awards.check_bank_account(account=new, by=case.office.officer)

    again = payouts.correct_account(payment=failed, by=case.owner)

    assert (again.state, again.amount_cents, again.bank_account) == (PaymentState.REQUESTED, 1_000, new)
    assert again.end_to_end_id != failed.end_to_end_id
    assert Payment.objects.get(pk=failed.pk).state == PaymentState.CANCELLED


def test_late_return_and_give_up_free_the_money_for_a_new_request(case: Case) -> None:
    payment = chain.exported(case, chain.ordered(case, 250_000))[0]
    paid = payouts.confirm(payment=payment, by=case.office.treasury, booked_on=BOOKED)
    assert case.books == (0, 0, 0, 250_000)

    failed = payouts.late_return(payment=paid, by=case.office.treasury, reason="Rückläufer")
    assert case.books == (0, 250_000, 0, 0)
    payouts.give_up(payment=failed, by=case.office.finance_b, reason="Neu angefordert")

    assert requestable_cents(chain.award_of(case)) == 250_000
    assert Notice.objects.filter(code="N24").count() == 1


def test_carried_money_is_requested_and_ordered_in_the_new_year(case: Case) -> None:
    next_year = factories.make_budget(case.office.fund, 2027, 500_000)
    chain.at(datetime(2027, 1, 4, 9, tzinfo=UTC))
    with pytest.raises(ledger.YearOver):
        chain.ordered(case, 1_000)
    with transaction.atomic():
        old = CaseAccount.objects.get(application=case.application)
        ledger.carry_all(old, key="carry", by=case.office.finance_b)

    award = chain.award_of(case)
    assert requestable_cents(award) == 249_000
    certified = Payment.objects.get(state=PaymentState.CHECKED)
    payouts.order(payment=certified, by=case.office.finance_b)

    new = CaseAccount.objects.get(application=case.application, budget=next_year)
    assert (new.committed_cents, new.ordered_cents) == (249_000, 1_000)
    paid = payouts.confirm(
        payment=chain.exported(case, certified)[0], by=case.office.treasury, booked_on=date(2027, 1, 4)
    )
    new.refresh_from_db()
    assert (paid.use_by, new.disbursed_cents) == (date(2027, 3, 4), 1_000)


def test_end_to_end_id_is_short_and_plain() -> None:
    assert end_to_end_id("MIT/2026 0007", 12) == "MIT-2026-0007-12"
    assert len(end_to_end_id("x" * 40, 999)) <= 35
