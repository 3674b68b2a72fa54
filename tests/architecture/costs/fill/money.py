"""Many letters, payments, budgets and rounds."""

from datetime import timedelta

from django.db import transaction

from accounts import bulk, clock
from notifications.models import Letter
from payments import ledger
from payments.actions.budget import propose_carry
from payments.models import Award, Budget, CaseAccount, CaseLetter
from payments.states import Posting
from tests.architecture.costs.fill.copying import Filling, code, copies, mark, of, pk_of
from tests.world import NOW, Side


def letters(name: str) -> Filling:
    """More letters of the same case, in the same state."""

    def fill(side: Side, number: int) -> None:
        letter = Letter.objects.select_related("document", "case").get(pk=getattr(side, name).pk)
        data = letter.document.data
        documents = copies(
            letter.document, number, key=code,
            data=lambda n: data | {"recipient": data["recipient"] | {"name": mark(n)}},
        )  # fmt: skip
        made = copies(letter, number, number=code, title=mark, addressee=mark, document_id=pk_of(documents))
        CaseLetter.objects.bulk_create(
            CaseLetter(application_id=letter.case.application_id, letter=one) for one in made
        )

    return fill


def awards(side: Side, number: int) -> None:
    """More announced awards, each with its case and letter."""
    first = Award.objects.select_related("application", "letter__document").get(pk=side.award.pk)
    cases = copies(first.application, number, case_number=code, title=mark, search_key=code)
    documents = copies(first.letter.document, number, key=code)
    made = copies(first.letter, number, number=code, document_id=pk_of(documents))
    copies(first, number, application_id=pk_of(cases), letter_id=pk_of(made))


def payments(name: str) -> Filling:
    """More payments of the same award, in the same state."""
    return of(name, number=lambda n: n + 1000, end_to_end_id=code, purpose=mark)


def accounts(side: Side, number: int) -> None:
    """Cases with reserved money: one transfer each."""
    cases = copies(side.approved, number, case_number=code, title=mark, search_key=code)
    with transaction.atomic():
        keys = list(bulk.numbers(CaseAccount, number))
        ledger.open_cases(
            [
                CaseAccount(pk=key, application=case, budget=side.budget, limit_cents=1_000)
                for key, case in zip(keys, cases, strict=True)
            ]
        )
        ledger.post_many(
            ledger.Entry(
                Posting.RESERVE, side.budget.pk, key, 1_000, f"rows:{key}", NOW, NOW.date(), side.staff.officer.pk
            )
            for key in keys
        )


def carried(side: Side, number: int) -> None:
    """One proposal to carry the money of so many cases to the next year."""
    accounts(side, number)
    cases = {case.pk: 1_000 for case in CaseAccount.objects.filter(budget=side.budget, reserved_cents=1_000)}
    propose_carry(budget=side.budget, cases=cases, reason="Jahresende", by=side.staff.finance_a)


def budgets(side: Side, number: int) -> None:
    Budget.objects.bulk_create(Budget(fund=side.fund, year=3000 + n, sub_budget="jury") for n in range(number))


def payments_over_time(side: Side, number: int) -> None:
    """Payments that were requested at different moments."""
    fill = of(
        "requested", number=lambda n: n + 1000, end_to_end_id=code, requested_at=lambda n: NOW - timedelta(minutes=n)
    )
    fill(side, number)


def exports(side: Side, number: int) -> None:
    copies(side.export, number, message_id=code)


def proposals(side: Side, number: int) -> None:
    """Changes of budgets that wait for their second person."""
    copies(side.proposal, number, subject_id=lambda n: n + 10**9, subject_label=mark)


def rounds(name: str) -> Filling:
    return of(name, slug=code, name=mark, deadline_at=lambda _n: clock.now() + timedelta(days=9))


def bank_accounts(side: Side, number: int) -> None:
    copies(side.new_account, number, holder=mark)


def organisations_that_applied(side: Side, number: int) -> None:
    """Associations with one case each in the fund."""
    made = copies(side.organisation, number, name=mark, search_key=code)
    copies(side.submitted, number, case_number=code, organisation_id=pk_of(made))
