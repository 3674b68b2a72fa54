"""The settings of a round as plain sentences, card by card."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.money import format_cents
from accounts.states import OrganisationKind
from accounts.templatetags.miteinander import berlin_long, day, day_long
from grants import round_money_words
from grants.bodies import meeting_text
from grants.limits import limits_of
from grants.models import Round
from grants.states import Announcement, AttachmentKind, CostKind, FundingType, LatePolicy, StartRule


def _at(instant: datetime) -> str:
    return berlin_long(instant)


def _list(values: list[str]) -> str:
    return ", ".join(values)


def basics(round: Round) -> list[str]:
    """Name, guideline, year."""
    guideline = round.guideline or _("not set yet")
    checked = _("The form was checked for accessibility.")
    return [
        _("Version of the guideline: %(name)s.") % {"name": guideline},
        _("The money comes from the budget of %(year)s.") % {"year": round.budget_year},
        _("Rules of the state: %(name)s.") % {"name": round.get_rule_profile_display()},
        checked if round.accessibility_checked else _("The form was not checked for accessibility yet."),
    ]


def dates(round: Round) -> list[str]:
    """From when until when."""
    late = {
        LatePolicy.REJECT: _("What comes later is recorded and rejected."),
        LatePolicy.ACCEPT_FLAGGED: _("What comes later is recorded, flagged and treated like the others."),
    }
    return [
        _("Applications can be sent from %(day)s.") % {"day": _at(round.opens_at)},
        _("The last moment is %(day)s.") % {"day": _at(round.deadline_at)},
        late[LatePolicy(round.late_policy)],
        _("An unused draft is discarded after %(days)s days.") % {"days": round.draft_days},
    ]


def applicants(round: Round) -> list[str]:
    """Who may apply, how often."""
    kinds = [str(OrganisationKind(kind).label) for kind in round.applicant_types]
    found = [
        _("These may apply: %(kinds)s.") % {"kinds": _list(kinds)},
        f"{round.get_region_rule_display()}.",
        _("Towns of the area: %(names)s.") % {"names": _list(round.places)},
        _("Each may send %(count)s application(s).") % {"count": round.max_applications},
    ]
    if round.priorities:
        found.append(_("Priority fields: %(names)s.") % {"names": _list([str(p) for p in round.priorities])})
    return found


def documents(round: Round) -> list[str]:
    """What must be attached."""
    found = [
        _("Missing documents are asked for with %(days)s days of time.") % {"days": round.documents_deadline_days},
        _("Files that are taken: %(limits)s") % {"limits": limits_of(round).told()},
    ]
    for kind, needed in round.required_attachments.items():
        names = [str(AttachmentKind(name).label) for name in needed]
        found.append(f"{OrganisationKind(kind).label}: {_list(names)}.")
    return found


def money(round: Round) -> list[str]:
    """How much."""
    percents = {"rate": round.max_rate_percent, "own": round.own_share_percent}
    kind = {"amount": format_cents(round.fixed_up_to_cents), "kind": FundingType(round.funding_type_above).label}
    low, high = format_cents(round.minimum_cents), format_cents(round.maximum_cents)
    between = (
        _("A grant is between %(low)s and %(high)s.") if round.minimum_cents else _("A grant is at most %(high)s.")
    )
    share = (
        _("It is at most %(rate)s %% of the eligible costs; at least %(own)s %% are own share.")
        if round.own_share_percent
        else _("It is at most %(rate)s %% of the eligible costs; no own share is asked for.")
    )
    together = _("All projects together: %(amount)s.") % {"amount": format_cents(round.announced_cents or 0)}
    return [
        between % {"low": low, "high": high},
        *([together] if round.announced_cents else []),
        share % percents,
        _("Up to %(amount)s it is a fixed amount; above: %(kind)s.") % kind,
        _("A project takes at most %(months)s months and begins %(rule)s.")
        % {"months": round.max_duration_months, "rule": StartRule(round.start_rule).label},
        *_dearer(round),
    ]


def _dearer(round: Round) -> Iterator[str]:
    limit = round.start_rule_up_to_cents
    if round.start_rule == StartRule.ON_SUBMISSION and limit is not None:
        told = _("One that costs more than %(limit)s as a whole begins only after the award letter.")
        yield told % {"limit": format_cents(limit)}


def fast_track(round: Round) -> list[str]:
    """What the office decides alone."""
    if not round.fast_track_max_cents:
        return [_("There is no fast track: every application goes to the jury.")]
    limit, share = format_cents(round.fast_track_max_cents), round.fast_track_budget_cents
    found = [_("The office decides requests up to %(amount)s without jury and committee.") % {"amount": limit}]
    if share:
        told = _("This round may use %(amount)s of the part of the budget for small projects.")
        found.append(told % {"amount": format_cents(share)})
    return found


def costs(round: Round) -> list[str]:
    """What counts, and how far."""
    rate = {"rate": format_cents(round.in_kind_rate_cents), "cap": round.in_kind_cap_percent}
    found = [_("An hour of own work counts %(rate)s, at most %(cap)s %% of the eligible costs.") % rate]
    for kind, cap in round.kind_caps.items():
        limit = f"{cap['percent']} %" if "percent" in cap else format_cents(cap["cents"])
        found.append(_("%(kind)s: at most %(limit)s.") % {"kind": CostKind(kind).label, "limit": limit})
    return found


def jury(round: Round) -> list[str]:
    """Who scores, and what is flagged."""
    if not round.jury_size:
        return [_("There is no jury; the coordinator makes the proposal.")]
    seats = {"size": round.jury_size, "sheets": round.min_reviews, "quorum": round.quorum}
    flags = {"minimum": round.score_minimum, "spread": round.spread_flag}
    found = [
        _("%(size)s jurors; each application needs %(sheets)s sheets and %(quorum)s members at the vote.") % seats,
        _("Flagged are fewer than %(minimum)s points and sheets %(spread)s points apart.") % flags,
        _("A juror sees the sheets of others: %(rule)s.") % {"rule": round.get_others_visible_display()},
        _("A reason is needed for these scores: %(scores)s.")
        % {"scores": _list([str(s) for s in round.reason_scores])},
    ]
    if round.hide_jurors:
        found.append(_("Jurors do not learn one another's names."))
    for group in round.group_minimum:
        words = {"codes": " + ".join(group["criteria"]), "percent": group["percent"]}
        found.append(_("%(codes)s should reach %(percent)s %% of their points.") % words)
    return found


def rubric(round: Round) -> list[str]:
    """The criteria with their weights."""
    return [f"{c.code} – {c.name}: {c.weight}" for c in round.criteria.all()]


def committees(round: Round) -> list[str]:
    """When the jury meets, and who decides after it."""
    found = []
    if round.jury_size:
        meets = day_long(round.jury_on) if round.jury_on else _("day not set yet")
        found.append(_("The jury means to meet: %(day)s.") % {"day": meets})
    for body in round.committee_chain:
        on = day_long(date.fromisoformat(body["on"])) if body.get("on") else _("day not set yet")
        role = _("decides") if body.get("decides") else _("recommends")
        known = [role, on, meeting_text(body)]
        found.append(f"{body['body']}: {', '.join(part for part in known if part)}")
    return found


def letters(round: Round) -> list[str]:
    """How the result reaches the applicant."""
    found = [
        _("Letters are announced: %(how)s.") % {"how": Announcement(round.announcement).label},
        _("A posted letter counts as announced on day %(days)s after posting.") % {"days": round.deemed_days},
        _("In the portal it can be retrieved for %(days)s days.") % {"days": round.retrieval_days},
        _("A revised plan is asked for with %(days)s days of time.") % {"days": round.plan_deadline_days},
        _("The legal remedy can be waived.") if round.waiver else _("The legal remedy cannot be waived."),
    ]
    if round.notify_decision:
        found.append(_("Applicants learn the result before the letter."))
    if round.reserve_list_until:
        found.append(_("The reserve list holds until %(day)s.") % {"day": day(round.reserve_list_until)})
    own = _("The instruction on legal remedy is a text of this round.")
    usual = _("The instruction on legal remedy is the usual one, with the court of the fund.")
    return [*found, own if round.remedy_text else usual]


WORDS: Mapping[str, Callable[[Round], list[str]]] = {
    "basics": basics,
    "dates": dates,
    "applicants": applicants,
    "documents": documents,
    "money": money,
    "fast-track": fast_track,
    "costs": costs,
    "jury": jury,
    "rubric": rubric,
    "committees": committees,
    "letters": letters,
    "payment": round_money_words.payment,
    "proof": round_money_words.proof,
    "keeping": round_money_words.keeping,
}
