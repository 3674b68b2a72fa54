"""What pages read of bodies: their members of today, their sessions, and what of a session a round keeps."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Fund, Person, User
from accounts.permissions import fund_ids
from grants.models import Body, BodyMember, BodySession
from grants.permissions import BODY_EDITORS, BODY_READERS


def bodies_of(person: Person) -> QuerySet[Body]:
    """Return the bodies of the funds in which the person works, looks after people, or audits."""
    held = fund_ids(person, *BODY_READERS)
    return Body.objects.all() if held is None else Body.objects.filter(fund__in=held)


def funds_to_edit(person: Person) -> QuerySet[Fund]:
    """Return the funds whose bodies the person may write."""
    held = fund_ids(person, *BODY_EDITORS)
    return Fund.objects.all() if held is None else Fund.objects.filter(pk__in=held)


def sits_on(day: date) -> Q:
    """Return the condition of a member whose term holds on a day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def with_figures(bodies: QuerySet[Body], today: date) -> QuerySet[Body]:
    """Add how many members a body has today (without deputies), and when it meets next."""
    sitting = Q(members__starts_on__lte=today) & (Q(members__ends_on__isnull=True) | Q(members__ends_on__gte=today))
    to_come = Q(sessions__on__gte=today, sessions__is_cancelled=False)
    return bodies.select_related("fund").annotate(
        sitting=Count("members", filter=sitting & Q(members__deputy_of=None), distinct=True),
        meets_on=Min("sessions__on", filter=to_come),
    )


def members_of(body: Body, today: date) -> tuple[list[BodyMember], list[BodyMember]]:
    """Return the members of today and to come, and the former ones, each with whom they stand in for (one query)."""
    found = list(body.members.select_related("deputy_of", "person").order_by("starts_on", "pk"))
    gone = [member for member in found if member.ends_on is not None and member.ends_on < today]
    return [member for member in found if member not in gone], gone


def sessions_to_choose(fund: Fund, today: date, chain: Iterable[Mapping[str, Any]] = ()) -> list[BodySession]:
    """Return the sessions to come of a fund's bodies, and those that a chain names already (one query)."""
    named = [body["session"] for body in chain if body.get("session")]
    to_come = Q(on__gte=today, is_cancelled=False)
    found = BodySession.objects.filter(Q(pk__in=named) | to_come, body__fund=fund).select_related("body")
    return list(found.order_by("on", "starts_at", "pk")[:200])


def meeting(session: BodySession) -> dict[str, Any]:
    """Return what a round keeps of a session; the day is unknown again where it is cancelled."""
    if session.is_cancelled:
        return {"session": session.pk, "on": None}
    return {
        "session": session.pk,
        "on": session.on.isoformat(),
        "time": f"{session.starts_at:%H:%M}" if session.starts_at else "",
        "place": session.place,
        "public": session.is_public,
    }


def meeting_text(body: Mapping[str, Any]) -> str:
    """Return whether the session of a round's body is public, when it begins and where; empty if nobody planned it."""
    if not body.get("session") or not body.get("on"):
        return ""
    public = _("public") if body.get("public") else _("not public")
    begins = _("%(time)s o’clock") % {"time": body["time"]} if body.get("time") else ""
    return ", ".join(part for part in (public, begins, str(body.get("place", ""))) if part)


def own_seats(person: User) -> list[dict[str, Any]]:
    """Return the seats in bodies that name a person, for their own export (one query)."""
    return [
        {
            "body": member.body.name,
            "name": member.name,
            "kind": str(member.get_kind_display()),
            "from": member.starts_on.isoformat(),
            "until": member.ends_on.isoformat() if member.ends_on else None,
        }
        for member in BodyMember.objects.filter(person=person).select_related("body").order_by("pk")
    ]
