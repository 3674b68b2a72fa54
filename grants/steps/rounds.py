from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.text import slugify

from accounts import audit
from accounts.exceptions import NeedsReason, NotPossible
from accounts.models import Fund, User
from grants.exceptions import DeadlineNotLater, DraftsExist, RoundChanged, RoundFixed
from grants.models import Criterion, Round
from grants.rubric import add_default_rubric
from grants.states import RoundState, RuleProfile, StartRule
from grants.steps.calls import tell_extension
from notifications.dates import deadline_includes

# What a copy of the last round does not take over: its own name and days, and what somebody must look at again.
_OWN = {
    "id", "fund", "version", "name", "slug", "state", "created_at", "budget_year", "opens_at", "deadline_at",
    "accessibility_checked", "announced_cents", "jury_on", "committee_chain", "reserve_list_until",
}  # fmt: skip
_RUBRIC = ("code", "name", "help", "anchor_low", "anchor_middle", "anchor_high", "weight", "position")
# What the state's budget rules set (VV to LHO § 44, verify), by version.
PROFILES: Mapping[RuleProfile, Mapping[str, Any]] = {
    RuleProfile.NI_2025: {
        "use_by_months": 2, "recovery_minimum_cents": 100_000,
        "start_rule": StartRule.ON_AWARD, "start_rule_up_to_cents": None,
    },
    RuleProfile.NI_2026: {
        "use_by_months": 6, "recovery_minimum_cents": 250_000,
        "start_rule": StartRule.ON_SUBMISSION, "start_rule_up_to_cents": 10_000_000,
    },
}  # fmt: skip
# Dates of sessions are often known late; they may be set until everything is decided.
SESSIONS_OPEN = [
    state for state in RoundState if state not in (RoundState.DECIDED, RoundState.RUNNING, RoundState.ARCHIVED)
]


def create_round(
    fund: Fund,
    *,
    by: User,
    name: str,
    budget_year: int,
    opens_at: datetime,
    deadline_at: datetime,
    former: Round | None = None,
) -> Round:
    """Make the draft of a round: a copy of an earlier one of the fund, or the defaults of the guideline.

    Args:
        fund: whose round it is.
        by: who makes it.
        name: also gives the short name in addresses.
        budget_year: year the money comes from.
        opens_at: first moment to send.
        deadline_at: last second on time.
        former: the round to copy; the fund's last one, if there is any, when none is named.
    """
    last = former or fund.rounds.order_by("-opens_at", "-pk").first()
    made = Round.objects.create(
        fund=fund,
        name=name,
        slug=_free_slug(fund, name),
        budget_year=budget_year,
        opens_at=opens_at,
        deadline_at=deadline_at,
        **_copied(last),
    )
    if last is None or not _copy_rubric(last, made):
        add_default_rubric(made)
    audit.record("create_round", made, by=by, data={"copy_of": last.pk if last else None})
    return made


def _copied(last: Round | None) -> dict[str, Any]:
    if last is None:
        return {}
    kept = {field.name: getattr(last, field.name) for field in Round._meta.concrete_fields if field.name not in _OWN}
    chain = [{**_fixed(body), "on": None} for body in last.committee_chain]
    return kept | {"committee_chain": chain}


def _copy_rubric(last: Round, made: Round) -> list[Criterion]:
    rows = [Criterion(round=made, **{name: getattr(c, name) for name in _RUBRIC}) for c in last.criteria.all()]
    return Criterion.objects.bulk_create(rows)


def _free_slug(fund: Fund, name: str) -> str:
    wanted = slugify(name.replace("ß", "ss"))[:40] or "runde"
    taken = set(fund.rounds.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def _draft(round_: Round, seen_version: int) -> Round:
    fresh = audit.locked(round_)
    if fresh.state != RoundState.DRAFT:
        raise RoundFixed
    if fresh.version != seen_version:
        raise RoundChanged
    return fresh


def save_settings(round_: Round, *, by: User, seen_version: int, values: Mapping[str, Any]) -> Round:
    """Change settings of a draft; nothing changed writes nothing.

    Raises:
        RoundFixed: it was published. RoundChanged: somebody saved it meanwhile.
    """
    fresh = _draft(round_, seen_version)
    values = whole(fresh, values)
    changed = {name: value for name, value in values.items() if getattr(fresh, name) != value}
    if not changed:
        return fresh
    for name, value in changed.items():
        setattr(fresh, name, value)
    return _saved(fresh, by, sorted(changed))


def whole(round_: Round, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with what the state's rules bring when others are chosen; the office may change it afterwards."""
    profile = values.get("rule_profile", round_.rule_profile)
    prescribed = PROFILES[RuleProfile(profile)] if profile != round_.rule_profile else {}
    return {**prescribed, **values}


def _saved(round_: Round, by: User, fields: Sequence[str]) -> Round:
    round_.version += 1
    round_.save()
    audit.record("edit_round", round_, by=by, data={"fields": list(fields)})
    return round_


def save_rubric(round_: Round, *, by: User, seen_version: int, lines: Sequence[Mapping[str, Any]]) -> Round:
    """Replace the criteria of a draft by `lines`, in their order. Raises: as `save_settings`."""
    fresh = _draft(round_, seen_version)
    fresh.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(round=fresh, position=position, **line) for position, line in enumerate(lines, start=1)
    )
    codes = {str(line["code"]) for line in lines}
    groups = [{**group, "criteria": [c for c in group["criteria"] if c in codes]} for group in fresh.group_minimum]
    fresh.group_minimum = [group for group in groups if group["criteria"]]
    return _saved(fresh, by, ["rubric"])


def save_sessions(
    round_: Round, *, by: User, seen_version: int, sessions: Sequence[Mapping[str, Any]], jury_on: date | None
) -> Round:
    """Set the days on which the jury and the committees meet, also after publication; the bodies stay.

    Args:
        round_: as the page saw it.
        by: who sets them.
        seen_version: version of the page.
        sessions: for each body in the order of the chain its "on" (ISO day or None), and what else is known of it.
        jury_on: day of the jury's session; None while nobody knows it.

    Raises:
        NotPossible: all is decided. RoundChanged: somebody saved it meanwhile.
    """
    fresh = audit.locked(round_)
    if fresh.state not in SESSIONS_OPEN or len(sessions) != len(fresh.committee_chain):
        raise NotPossible
    if fresh.version != seen_version:
        raise RoundChanged
    pairs = zip(fresh.committee_chain, sessions, strict=True)
    fresh.committee_chain = [{**session, **_fixed(body)} for body, session in pairs]
    fresh.jury_on = jury_on
    return _saved(fresh, by, ["committee_chain", "jury_on"])


def _fixed(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"body": body["body"], "decides": body.get("decides", False)}


def unpublish(round_: Round, *, by: User, reason: str) -> Round:
    """Take a published round back into preparation, while nobody has begun an application.

    Raises:
        NeedsReason: no reason. DraftsExist: somebody has begun.
    """
    if not reason.strip():
        raise NeedsReason
    if round_.applications.exists():
        raise DraftsExist
    taken_back: Round = audit.perform(round_.unpublish, by=by, reason=reason)
    return taken_back


def extend(round_: Round, *, by: User, now: datetime, deadline_at: datetime, reason: str) -> Round:
    """Move the deadline for everybody, tell all who have a draft (N29), lift late flags that no longer hold.

    Args:
        round_: open, or closed and not yet in scoring.
        by: the head of unit.
        now: when.
        deadline_at: new last second on time.
        reason: for the history.

    Raises:
        NeedsReason: no reason.
        DeadlineNotLater: not later than the old one, or not in the future.
    """
    if not reason.strip():
        raise NeedsReason
    # Locked: of two extensions at once the earlier day must not win by being the later press.
    if deadline_at <= max(audit.locked(round_).deadline_at, now):
        raise DeadlineNotLater
    extended: Round = audit.perform(round_.extend, by=by, reason=reason, deadline_at=deadline_at)
    _lift_late_flags(extended, by)
    tell_extension(extended, now=now)
    return extended


def _lift_late_flags(round_: Round, by: User) -> None:
    for application in round_.applications.filter(late=True).order_by("pk"):
        sent_at = application.submitted_at
        if sent_at is None or not deadline_includes(round_.deadline_at, sent_at):
            continue
        fresh = audit.locked(application)
        fresh.late = False
        fresh.version += 1
        fresh.save()
        audit.record("lift_late_flag", fresh, by=by)
