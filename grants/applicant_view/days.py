"""The days of a round that an applicant waits for."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.clock import berlin_day
from accounts.days import day_long
from grants.models import Application, Round
from notifications.dates import three_months_after


def sessions(round_: Round) -> list[tuple[str, date]]:
    """Return the committees whose day is known, in order."""
    return [(str(b["body"]), date.fromisoformat(b["on"])) for b in round_.committee_chain if b.get("on")]


def sessions_text(round_: Round) -> str:
    """Return who of the committees does what on which day, in one line."""
    told = []
    for body in round_.committee_chain:
        on = day_long(date.fromisoformat(body["on"])) if body.get("on") else _("day not set yet")
        role = _("decides") if body.get("decides") else _("recommends")
        told.append(f"{body['body']} ({role}): {on}")
    return "; ".join(told)


def last_session(round_: Round) -> date | None:
    """Return the day of the last committee, once the days of all are known."""
    known = sessions(round_)
    return max(day for _body, day in known) if known and len(known) == len(round_.committee_chain) else None


def three_months(application: Application) -> date | None:
    """Return the day by which a decision should have been made (VwGO § 75); None for a draft."""
    return three_months_after(berlin_day(application.submitted_at)) if application.submitted_at else None


def check_due(application: Application) -> date | None:
    """Return by when the formal check is done: when the jury meets, else the first committee, else three months."""
    round_ = application.round
    days = [round_.jury_on if round_.jury_size else None, *(day for _body, day in sessions(round_))]
    return next((day for day in days if day), three_months(application))


def letter_due(application: Application) -> tuple[date | None, str]:
    """Return the three months after receipt; no day, only what it waits for, where the last committee is later."""
    due = three_months(application)
    last = max((day for _body, day in sessions(application.round)), default=None)
    if application.routed_by_id is None and last is not None and (due is None or last >= due):
        return None, _("Some days after the last committee, which meets on %(day)s.") % {"day": day_long(last)}
    return due, ""
