"""Who is told what about a case."""

from collections.abc import Mapping
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise

from accounts import days
from accounts.money import format_cents
from grants.models import Application
from notifications import outbox
from payments.queries import members


def owe_to_applicant(
    code: str, application: Application, *, key: str, context: Mapping[str, str | Promise], link: str
) -> None:
    """Owe a notice to everybody who acts for the organisation of the case."""
    for member in members(application.organisation_id):
        outbox.owe(
            code,
            key=f"{key}:{member.pk}",
            to=member,
            context={"case_number": application.case_number or "", "title": application.title, **context},
            fund=application.fund,
            case_key=application.case_key,
            organisation_id=application.organisation_id,
            link=link,
        )


def owe_plan_notice(application: Application, *, offered_cents: int, due: date) -> None:
    """Owe N12: the amount, named as not yet the letter, and until when the plan is due."""
    owe_to_applicant(
        "N12",
        application,
        key=f"N12:{application.pk}:{due.isoformat()}",
        context={"amount": format_cents(offered_cents), "due": days.later(days.day, due)},
        link=reverse("grants:application", args=[application.pk]),
    )
