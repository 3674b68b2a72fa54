"""What came on paper, by phone or in person: begun, and recorded as received, by the office for somebody else."""

from datetime import datetime
from typing import Any

from accounts import audit, clock
from accounts.clock import berlin_day
from accounts.models import Organisation, User
from grants.models import Application, Round
from grants.states import VersionReason
from grants.steps.numbers import give_case_number
from grants.steps.sending import acknowledge, writers_for
from grants.steps.versions import freeze
from notifications.dates import deadline_includes


def begin_on_behalf(
    round_: Round, *, by: User, organisation: Organisation, channel: str, received_at: datetime
) -> Application:
    """Begin the office's draft; whether it may be begun is the caller's. A second press finds the first draft.

    Args:
        round_: locked by the caller.
        by: the officer; nothing of theirs becomes the applicant's contact.
        organisation: in whose name; it stays.
        channel: one of RECORDED.
        received_at: when it reached us.
    """
    same = {"round": round_, "organisation": organisation, "channel": channel, "received_at": received_at}
    known = Application.objects.filter(created_by=by, on_behalf=True, version=1, **same).first()
    if known is not None:
        return known
    now = clock.now()
    made = Application.objects.create(
        fund=round_.fund,
        created_by=by,
        created_at=now,
        edited_at=now,
        on_behalf=True,
        **same,
        **_known_of(organisation, round_),
    )
    audit.record("begin_on_behalf", made, by=by, data={"channel": channel, "received": received_at.isoformat()})
    return made


def _known_of(organisation: Organisation, round_: Round) -> dict[str, Any]:
    """Return what this fund knows of the organisation; another fund's cases and accounts are not its business."""
    sent = Application.objects.filter(organisation=organisation, fund=round_.fund_id, submitted_at__isnull=False)
    last = sent.order_by("-submitted_at", "-pk").first()
    if last is None:
        return {"first_application": True}
    return {name: getattr(last, name) for name in ("executing_unit", "executing_unit_address", "bank_account")}


def record_on_behalf(application: Application, *, by: User, recorder: User, reason: str) -> Application:
    """Record the office's draft as received, at the time it reached us: number, frozen version, receipt, timer.

    Whether it is late is judged by that time; a late one is flagged, never refused (VwVfG § 24 (3)). From here on
    people of the organisation write themselves, where it has any; else the office enters what comes.

    Args:
        application: locked by the caller, as is its organisation.
        by: the second person.
        recorder: who entered it and proposed the recording.
        reason: how it came, in the recorder's words.
    """
    received_at, organisation_id = application.received_at, application.organisation_id
    if received_at is None or organisation_id is None:
        raise ValueError("what is recorded has an organisation and a time of receipt")
    number = give_case_number(application.fund, application.fund.case_prefix, berlin_day(received_at).year)
    version = freeze(application, reason=VersionReason.SUBMIT, by=recorder, now=received_at)
    sent: Application = audit.perform(
        application.record_on_behalf,
        by=by,
        reason=reason,
        recorder=recorder,
        at=received_at,
        late=not deadline_includes(application.round.deadline_at, received_at),
        case_number=number,
        still_on_behalf=not writers_for(organisation_id),
    )
    sent.fund, sent.round = application.fund, application.round
    acknowledge(sent, version, now=received_at)
    return sent
