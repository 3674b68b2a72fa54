from typing import Final

from django.db import transaction

from accounts import audit
from accounts.exceptions import NotPermitted
from accounts.models import Organisation, User
from accounts.permissions import forget_memberships, may_edit_for
from grants import steps
from grants.exceptions import RoundNotOpen
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState

# What one would type again. Days, declarations and papers belong to one application alone.
COPIED: Final = (
    "executing_unit", "executing_unit_address", "title", "municipality", "places", "summary", "aims", "activities",
    "target_groups", "planned_participants", "participation", "partners", "innovation", "lasting", "publicity",
)  # fmt: skip
# A copy is no untouched draft: who begins with an empty form must not find it.
_VERSION: Final = 2


def start_anew(*, round_: Round, by: User, organisation: Organisation | None, former: Application) -> Application:
    """Begin a draft with the texts and the plan of a former application. A second press finds the first's draft.

    Args:
        round_: must be open; its rate counts the hours of own work anew.
        by: the author; its name and address become the contact's.
        organisation: in whose name; None when that is still to be told.
        former: sent before, for an organisation in whose name the person writes.

    Raises:
        RoundNotOpen: the round takes no applications now.
        NotPermitted: the person writes for one of the two organisations not.
    """
    with transaction.atomic(durable=True):
        if audit.locked(round_).state != RoundState.OPEN:
            raise RoundNotOpen
        forget_memberships(by)
        wanted = {former.organisation_id, *([organisation.pk] if organisation else [])}
        if former.submitted_at is None or not all(may_edit_for(by, pk) for pk in wanted):
            raise NotPermitted
        known = Application.objects.filter(
            round=round_,
            organisation=organisation,
            created_by=by,
            state=ApplicationState.DRAFT,
            version=_VERSION,
            title=former.title,
        ).first()
        return known or _copy(former, steps.begin(round_, by=by, organisation=organisation))


def _copy(former: Application, draft: Application) -> Application:
    for name in COPIED:
        setattr(draft, name, getattr(former, name))
    draft.priority = former.priority if former.priority in draft.round.priorities else ""
    draft.version = _VERSION
    return steps.save_plan(
        draft,
        cost_lines=[
            steps.CostInput(line.kind, line.label, line.unit_cents, line.quantity_hundredths, line.eligible)
            for line in former.cost_lines.all()
        ],
        # What others granted then is only planned now.
        funding_lines=[
            steps.FundingInput(line.kind, line.label, line.amount_cents, line.hours_hundredths)
            for line in former.funding_lines.all()
        ],
        requested_cents=former.requested_cents,
        smallest_cents=former.smallest_cents,
    )
