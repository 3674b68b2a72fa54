"""What payments keeps for a person's own export: letters that may be read, awards, payments, bank accounts entered."""

from typing import Any

from django.db.models import Prefetch

from accounts import clock
from accounts.models import BankAccount, User
from payments.models import Award, CaseLetter, Payment
from payments.queries import awards_of_member, letters_of_member, may_read_letter


def own_letters(person: User) -> list[dict[str, Any]]:
    """Return the letters that the person may read by now, newest first."""
    today = clock.today()
    known = letters_of_member(person).order_by("-pk")
    return [_letter(case) for case in known if may_read_letter(case, person, today=today)]


def _letter(case: CaseLetter) -> dict[str, Any]:
    return {
        "case": case.application.case_number,
        "kind": str(case.letter.get_kind_display()),
        "number": case.letter.number,
        "date": case.letter.letter_date.isoformat(),
        "announced": case.letter.announced_on.isoformat() if case.letter.announced_on else None,
    }


def own_awards(person: User) -> list[dict[str, Any]]:
    """Return the announced awards of the person's organisations with their payments, newest first."""
    payments = Prefetch("payments", Payment.objects.order_by("number"))
    return [_award(award) for award in awards_of_member(person).prefetch_related(payments).order_by("-pk")]


def _award(award: Award) -> dict[str, Any]:
    return {
        "case": award.application.case_number,
        "state": str(award.get_state_display()),
        "amount_cents": award.amount_cents,
        "from": award.period_from.isoformat(),
        "until": award.period_to.isoformat(),
        "payments": [
            {
                "number": payment.number,
                "state": str(payment.get_state_display()),
                "amount_cents": payment.amount_cents,
                "requested": payment.requested_at.isoformat(),
                "booked": payment.booked_on.isoformat() if payment.booked_on else None,
            }
            for payment in award.payments.all()
        ],
    }


def own_accounts(person: User) -> list[dict[str, Any]]:
    """Return the bank accounts that the person entered, as pages show them."""
    entered = BankAccount.objects.filter(entered_by=person).select_related("organisation").order_by("-pk")
    return [
        {
            "organisation": account.organisation.name,
            "holder": account.holder,
            "account": account.masked,
            "entered": account.entered_at.isoformat(),
        }
        for account in entered
    ]
