"""A code by letter is issued, and an organisation passes to who enters it; inside an open transaction."""

from datetime import datetime

from django.urls import reverse

from accounts import audit
from accounts.models import Membership, Organisation, User
from accounts.permissions import forget_memberships
from accounts.steps import make_representative
from grants import takeover
from grants.models import Application, TakeoverCode
from grants.states import UNSENT
from notifications import outbox


def issue(
    application: Application,
    organisation: Organisation,
    *,
    by: User,
    confirmed_by: User | None,
    reason: str,
    now: datetime,
) -> tuple[TakeoverCode, str]:
    """Make a new code and the older ones void; return its row, and the code, which is kept nowhere.

    Args:
        application: the case whose number stands in the letter.
        organisation: its own, locked by the caller.
        by: the officer who asked for it.
        confirmed_by: the second person, if one is needed.
        reason: why, in the officer's words.
        now: when.
    """
    code = takeover.new_code()
    open_ones = TakeoverCode.objects.filter(organisation=organisation, used_at=None, voided_at=None)
    open_ones.update(voided_at=now)
    row = TakeoverCode.objects.create(
        application=application,
        organisation=organisation,
        code_hash=takeover.hash_of(code, organisation.pk),
        issued_by=by,
        confirmed_by=confirmed_by,
        issued_at=now,
        expires_at=now + takeover.VALID_FOR,
    )
    # Who made the letter: the second person, where there is one.
    until = {"until": row.expires_at.isoformat()}
    audit.record("issue_code", application, by=confirmed_by or by, reason=reason, data=until)
    return row, code


def count_wrong(row: TakeoverCode, *, by: User) -> None:
    """Count a wrong code, in the history of the case too: who tried it is known.

    Args:
        row: locked by the caller.
        by: who entered it.
    """
    if row.is_locked() or row.used_at or row.voided_at:
        return
    row.tries += 1
    row.save(update_fields=["tries"])
    audit.record("lock_code" if row.is_locked() else "enter_wrong_code", row.application, by=by)


def take_over(row: TakeoverCode, organisation: Organisation, *, by: User, now: datetime) -> Application:
    """Make the person owner and representative, give the cases into the applicant's hands, tell who acted before.

    Nobody is taken off the organisation: the new owner decides that, and those told can object.

    Args:
        row: the right code, locked by the caller.
        organisation: locked by the caller.
        by: who entered the code.
        now: when.
    """
    acting = Membership.objects.filter(organisation=organisation, ended_at__isnull=True, user__is_active=True)
    former = [membership.user for membership in acting.select_related("user").exclude(user=by).order_by("pk")]
    make_representative(organisation=organisation, user=by)
    forget_memberships(by)
    row.used_by, row.used_at = by, now
    row.save(update_fields=["used_by", "used_at"])
    audit.record("use_code", row.application, by=by)
    audit.record("use_code", organisation, by=by, data={"case": row.application.case_number})
    for case in Application.objects.filter(organisation=organisation, on_behalf=True).exclude(state__in=UNSENT):
        _hand_out(case, by=by)
    for user in former:
        _tell(user, row, organisation, by)
    return row.application


def _hand_out(case: Application, *, by: User) -> None:
    """From now on the applicant writes in the case, no longer the office."""
    fresh = audit.locked(case)
    fresh.on_behalf = False
    fresh.version += 1
    fresh.save(update_fields=["on_behalf", "version"])
    audit.record("take_over", fresh, by=by)


def _tell(user: User, row: TakeoverCode, organisation: Organisation, heir: User) -> None:
    outbox.owe(
        "TAKEOVER",
        key=f"TAKEOVER:{row.pk}:{user.pk}",
        to=user,
        context={"organisation": organisation.name, "heir": str(heir)},
        fund=row.application.fund,
        organisation_id=organisation.pk,
        link=reverse("accounts:organisation", args=[organisation.pk]),
    )
