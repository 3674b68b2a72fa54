"""Who hears of a round: at its opening, when its deadline moves, and before it ends (N29)."""

from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from accounts import audit, days
from accounts.clock import berlin_day
from accounts.models import SYSTEM, User
from accounts.states import MemberRole
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from grants.steps.sending import tell_applicant
from notifications import outbox, timers
from notifications.dates import deadline_includes, parse_berlin_local
from notifications.states import TimerKind

# So many days before the deadline, in the morning, whoever has a draft is reminded.
REMINDED_BEFORE = (14, 3, 1)
_MORNING = time(8)


def open_round(round_: Round, *, now: datetime) -> Round:
    """Open a round, tell those who applied before, and set the clocks of the reminders."""
    opened: Round = audit.perform(round_.open, by=SYSTEM)
    watch_deadline(opened, now=now)
    for user in former_applicants(opened):
        outbox.owe(
            "N29",
            key=f"N29:opened:{opened.pk}:{user.pk}",
            to=user,
            context=_context(opened, "opened"),
            fund=opened.fund,
            link=reverse("grants:call", args=[opened.fund.slug, opened.slug]),
        )
    return opened


def former_applicants(round_: Round) -> list[User]:
    """Return who writes for an organisation that has sent an application to the fund before."""
    sent = Application.objects.filter(fund=round_.fund_id, submitted_at__isnull=False).exclude(round=round_)
    return _writers(sent)


def _writers(sent: QuerySet[Application]) -> list[User]:
    return list(
        User.objects.filter(
            memberships__organisation__in=sent.values("organisation"),
            memberships__ended_at=None,
            memberships__role__in=[MemberRole.OWNER, MemberRole.EDITOR],
            is_active=True,
        )
        .distinct()
        .order_by("pk")
    )


def watch_deadline(round_: Round, *, now: datetime) -> None:
    """Set the clocks of the reminders that are still to come; those of an earlier deadline stop."""
    timers.stop_all(TimerKind.DEADLINE_NEAR, round_.pk, now)
    last_day = berlin_day(round_.deadline_at)
    for ahead in REMINDED_BEFORE:
        due = parse_berlin_local(datetime.combine(last_day - timedelta(days=ahead), _MORNING))
        if due > now:
            timers.start(
                TimerKind.DEADLINE_NEAR,
                key=f"deadline:{round_.pk}:{_stamp(round_)}:{ahead}",
                fund=round_.fund,
                case_key="",
                subject_id=round_.pk,
                due_at=due,
            )


def remind_of_deadline(round_: Round, *, due_at: datetime, now: datetime) -> int:
    """Remind everybody with a draft; return how many drafts there are.

    Args:
        round_: any; one that is not open, or over, reminds nobody.
        due_at: moment of the reminder, which names it.
        now: when.
    """
    if round_.state != RoundState.OPEN or not deadline_includes(round_.deadline_at, now):
        return 0
    drafts = round_.applications.filter(state=ApplicationState.DRAFT)
    return _tell(drafts, round_, "near", key=f"N29:near:{round_.pk}:{int(due_at.timestamp())}")


def tell_extension(round_: Round, *, now: datetime) -> None:
    """Tell everybody of a later deadline: who has a draft, who has sent, who applied before. The reminders move."""
    watch_deadline(round_, now=now)
    key, here = f"N29:{round_.pk}:{_stamp(round_)}", round_.applications.exclude(state__in=_GONE)
    _tell(here.filter(state=ApplicationState.DRAFT), round_, "extended", key=key)
    _tell(here.exclude(state=ApplicationState.DRAFT), round_, "extended_sent", key=key)
    for user in _others(round_, here):
        outbox.owe(
            "N29",
            key=f"N29:extended:{round_.pk}:{_stamp(round_)}:{user.pk}",
            to=user,
            context=_context(round_, "extended_open"),
            fund=round_.fund,
            link=reverse("grants:call", args=[round_.fund.slug, round_.slug]),
        )


# Nobody waits for anything here any more.
_GONE = (ApplicationState.DISCARDED, ApplicationState.WITHDRAWN)


def _others(round_: Round, here: QuerySet[Application]) -> list[User]:
    """Return who once sent an application to the fund and neither writes nor waits in this round."""
    known = User.objects.filter(
        Q(memberships__organisation__in=here.values("organisation"), memberships__ended_at=None)
        | Q(pk__in=here.filter(organisation=None).values("created_by"))
    )
    busy = set(known.values_list("pk", flat=True))
    sent = Application.objects.filter(fund=round_.fund_id, submitted_at__isnull=False)
    return [user for user in _writers(sent) if user.pk not in busy]


def _tell(applications: QuerySet[Application], round_: Round, kind: str, *, key: str) -> int:
    found = list(applications.select_related("round", "fund", "organisation").order_by("pk"))
    for application in found:
        tell_applicant("N29", application, key=f"{key}:{application.pk}", context=_context(round_, kind))
    return len(found)


def _context(round_: Round, kind: str) -> dict[str, str | Promise]:
    return {"round": round_.name, "deadline": days.later(days.instant_long, round_.deadline_at), "kind": kind}


def _stamp(round_: Round) -> int:
    return int(round_.deadline_at.timestamp())
