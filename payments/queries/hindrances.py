"""What stands in the way of a payment, and who has to act; pages say it instead of offering a refused button."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person, Proposal
from notifications.states import LetterState
from payments.exceptions import LetterBack
from payments.models import CaseAccount, Payment
from payments.permissions import budget_proposer
from payments.queries.budget import carries_waiting
from payments.states import PaymentState as S

# Until it is handed to the bank a payment waits for its letter; from certified on it needs money of this year.
_NEEDS_LETTER = (S.REQUESTED, S.CHECKED, S.ORDERED)
_NEEDS_YEAR = (S.CHECKED, S.ORDERED)


@dataclass(frozen=True)
class Hindrance:
    """Why the next step is not possible now, and the page where somebody removes that."""

    text: str
    href: str = ""
    link: str = ""


def hindrances(payments: Sequence[Payment], person: Person, *, today: date) -> dict[int, Hindrance]:
    """Return what hinders which of the payments, by their number (at most two queries).

    Args:
        payments: with award and its letter.
        person: who looks, for the link that helps this person.
        today: the Berlin day.
    """
    found = {
        payment.pk: Hindrance(str(LetterBack.message))
        for payment in payments
        if payment.state in _NEEDS_LETTER and payment.award.letter.state != LetterState.ANNOUNCED
    }
    over = _accounts_of_past_years([p for p in payments if p.state in _NEEDS_YEAR and p.pk not in found], today)
    waiting = carries_waiting({account.budget_id for account in over.values()}) if over else {}
    found |= {pk: _year_over(account, waiting.get(account.budget_id), person) for pk, account in over.items()}
    return found


def _accounts_of_past_years(payments: Sequence[Payment], today: date) -> dict[int, CaseAccount]:
    """The account in which the money of each payment lives, where its year is over (one query)."""
    if not payments:
        return {}
    rows = CaseAccount.objects.filter(application__in={payment.award.application_id for payment in payments})
    # The latest year with money or a decision is where the money lives.
    living = {
        account.application_id: account
        for account in rows.select_related("budget__fund").order_by("budget__year", "pk")
        if account.spent_cents or account.decided_cents
    }
    accounts = {payment.pk: living.get(payment.award.application_id) for payment in payments}
    return {pk: account for pk, account in accounts.items() if account and account.budget.year < today.year}


def _year_over(account: CaseAccount, waiting: Proposal | None, person: Person) -> Hindrance:
    budget = account.budget
    told = {"year": budget.year, "next": budget.year + 1}
    if account.carried_cents:
        text = _("The budget year %(year)s is over, and this money had been carried before: it can no longer be paid.")
        return Hindrance(text % told)
    if waiting is not None:
        text = _(
            "The budget year %(year)s is over. Carrying this money to %(next)s is proposed; as soon as the head of"
            " finance confirms it, the payment can go on."
        )
        return Hindrance(text % told, reverse("payments:budget_proposal", args=[waiting.pk]), _("The proposal"))
    text = _(
        "The budget year %(year)s is over. This money has to be carried to %(next)s first: finance A or the head of"
        " finance proposes it, the head of finance confirms."
    )
    where, query = [budget.fund.slug, budget.year], f"?part={budget.sub_budget}"
    if budget_proposer(budget, person):
        page = reverse("payments:budget_carry", args=where) + f"{query}&case={account.pk}"
        return Hindrance(text % told, page, _("Carry the money of this case"))
    return Hindrance(text % told, reverse("payments:budget", args=where) + query, _("The budget of that year"))
