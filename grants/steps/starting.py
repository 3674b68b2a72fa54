"""How a draft begins: with what is known of its author, its organisation and former applications."""

from collections.abc import Mapping
from typing import Any, Final

from accounts import audit, clock
from accounts.models import Organisation, User
from grants.models import Application, Round

_UNIT: Final = ("executing_unit", "executing_unit_address")


def begin(
    round_: Round, *, by: User, organisation: Organisation | None, given: Mapping[str, Any] | None = None
) -> Application:
    """Begin a draft; whether it may be begun is the caller's.

    Args:
        round_: locked by the caller.
        by: the author; its name and address become the contact's.
        organisation: in whose name; None when that is still to be told.
        given: entries that were answered before.
    """
    now = clock.now()
    known = {**_of_organisation(organisation, round_), **(given or {})}
    made = Application.objects.create(
        fund=round_.fund,
        round=round_,
        organisation=organisation,
        created_by=by,
        created_at=now,
        edited_at=now,
        contact_name=by.full_name,
        contact_email=by.email,
        contact_phone=by.phone or _told_before(by),
        contact_language=by.language,
        **known,
    )
    audit.record("start", made, by=by)
    return made


def _told_before(by: User) -> str:
    """Return the phone number that the author gave for the last application; discarded drafts have none."""
    told = Application.objects.filter(created_by=by, contact_email=by.email).exclude(contact_phone="")
    return told.order_by("-pk").values_list("contact_phone", flat=True).first() or ""


def _of_organisation(organisation: Organisation | None, round_: Round) -> dict[str, Any]:
    """Return what is known of an organisation: its account, who ran its last project, whether it applied before."""
    if organisation is None:
        return {}
    sent = Application.objects.filter(organisation=organisation, submitted_at__isnull=False)
    unit = sent.order_by("-submitted_at", "-pk").values(*_UNIT).first()
    return {
        "first_application": not sent.filter(fund=round_.fund_id).exists(),
        "bank_account": organisation.bank_accounts.filter(replaced_at=None).first(),
        **(unit or {}),
    }
