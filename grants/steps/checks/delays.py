from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.states import Role
from grants.models import Application
from grants.states import ApplicationState as S
from notifications import outbox

# Nobody waits for a decision any more.
DECIDED = (S.AWARDED, S.REJECTED, S.WITHDRAWN)


def warn_of_delay(application: Application, *, people: Sequence[User]) -> bool:
    """Warn the office that three months have passed without a decision (VwGO § 75, N30)."""
    if application.state in DECIDED:
        return False
    for person in people:
        outbox.owe(
            "N30",
            key=f"N30:decision:{application.pk}:{person.pk}",
            to=person,
            context={"title": application.title, "case_number": application.case_number or ""},
            fund=application.fund,
            case_key=application.case_key,
            organisation_id=application.organisation_id,
            link=reverse("reviews:case", args=[application.pk]),
        )
    return True


def responsible(application: Application, today: date) -> list[User]:
    """Return the case's officer; without one, those who coordinate the fund today, else those who head the unit."""
    if application.officer is not None and application.officer.is_active:
        return [application.officer]
    roles = application.fund.roles.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        role__in=(Role.COORDINATOR, Role.HEAD_OF_UNIT),
        starts_on__lte=today,
        ended_at=None,
        user__is_active=True,
    )
    held = list(roles.select_related("user").order_by("pk"))
    first = [role.user for role in held if role.role == Role.COORDINATOR]
    return first or [role.user for role in held]
