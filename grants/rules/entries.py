"""Rules about single entries: what must be filled in, where, by whom, for how long, with which papers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from accounts import days
from accounts.states import OrganisationKind
from accounts.text import search_key
from grants.models import Application, Round
from grants.rules.draft import Draft, Problem
from grants.sections import section_of
from grants.states import AttachmentKind, RegionRule, StartRule
from grants.words import label_of
from notifications.dates import add_months

REQUIRED_TEXTS: Final = (
    "contact_name",
    "contact_email",
    "title",
    "municipality",
    "summary",
    "aims",
    "activities",
    "target_groups",
    "participation",
)
DECLARATIONS: Final = ("not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read")
ELSEWHERE: Final = "außerhalb"


def _problem(field: str, message: str, place: str = "") -> Problem:
    return Problem(section_of(field), field, message, place=place)


def required_fields(draft: Draft) -> Iterator[Problem]:
    """Every text, day and number the fund needs in order to judge."""
    yield from missing(draft.application)


def missing(application: Application) -> Iterator[Problem]:
    """Every text, day and number that is not there yet; needs nothing but the record itself."""
    for field in REQUIRED_TEXTS:
        if not getattr(application, field).strip():
            yield _problem(field, _("Please fill in: %(field)s.") % {"field": label_of(Application, field)})
    for field in ("starts_on", "ends_on", "planned_participants"):
        if getattr(application, field) is None:
            yield _problem(field, _("Please fill in: %(field)s.") % {"field": label_of(Application, field)})


def applicant(draft: Draft) -> Iterator[Problem]:
    """An organisation of a kind that the round admits, with an address, and not too many applications."""
    organisation, terms = draft.organisation, draft.round
    if organisation is None:
        yield _problem("organisation", _("Please choose the organisation that applies."))
        return
    if organisation.kind not in terms.applicant_types:
        kinds = ", ".join(str(OrganisationKind(kind).label) for kind in terms.applicant_types)
        yield _problem("organisation", _("In this round only these may apply: %(kinds)s.") % {"kinds": kinds})
    if not (organisation.street and organisation.postcode and organisation.city):
        message = _("Please add the whole postal address on the page of the organisation.")
        yield _problem("organisation", message, place="address")
    if draft.others_sent >= terms.max_applications:
        yield _problem(
            "organisation",
            _("This round takes at most %(limit)s applications per organisation; yours has sent %(sent)s.")
            % {"limit": terms.max_applications, "sent": draft.others_sent},
        )


def lies_in(places: list[str], town: str) -> bool:
    """Tell whether a town as people write it is one of the places: "Hannover-Linden" lies in "Hannover"."""
    key = search_key(town).replace("-", " ")
    names = [search_key(place).replace("-", " ") for place in places]
    return any(key == name or key.startswith((f"{name} ", f"{name} (")) for name in names)


def region(draft: Draft) -> Iterator[Problem]:
    """Seat or project in the area of the fund."""
    if draft.organisation is None or not draft.application.municipality:
        return
    places, rule = draft.round.places, draft.round.region_rule
    seat, place = lies_in(places, draft.organisation.city), lies_in(places, draft.application.municipality)
    if rule == RegionRule.SEAT and not seat:
        yield _problem("organisation", _("The organisation must have its seat in the area of the fund."))
    if rule == RegionRule.PLACE and not place:
        yield _problem("municipality", _("The project must take place in the area of the fund."))
    if rule == RegionRule.SEAT_OR_PLACE and not (seat or place):
        yield _problem("municipality", _("The organisation's seat or the project must lie in the area of the fund."))


def last_day(starts_on: date, months: int) -> date:
    """Return the last day that a project of so many months may have."""
    return add_months(starts_on, months) - timedelta(days=1)


def period(draft: Draft) -> Iterator[Problem]:
    """The project ends after it starts and lasts no longer than the round allows."""
    starts_on, ends_on = draft.application.starts_on, draft.application.ends_on
    if starts_on is None or ends_on is None:
        return
    months = draft.round.max_duration_months
    if ends_on < starts_on:
        yield _problem("ends_on", _("The project must not end before it starts."))
    elif ends_on > last_day(starts_on, months):
        yield _problem(
            "ends_on",
            _("The project may last at most %(months)s months, until %(day)s.")
            % {"months": months, "day": days.day(last_day(starts_on, months))},
        )


def start(draft: Draft) -> Iterator[Problem]:
    """The project does not begin before the rule of the round allows it (LHO § 44, VV no. 1.3).

    Consent or the award can still come later than the day named here: this is only what is certain beforehand.
    """
    starts_on, day = draft.application.starts_on, draft.day
    if starts_on is None or day is None:
        return
    last = waits_for(draft.application, draft.round)
    if last is not None and starts_on <= last:
        yield _problem(
            "starts_on",
            _("The project may begin only after the award. The last session is on %(day)s: choose a later start.")
            % {"day": days.day(last)},
        )
    elif starts_on < day:
        yield _problem(
            "starts_on",
            _("The project must not begin before the application is sent: choose a start from %(day)s on.")
            % {"day": days.day(day)},
        )


def waits_for(application: Application, terms: Round) -> date | None:
    """Return the last known session after which the project may begin, None when it waits for none.

    Small projects, which the office decides alone, wait for no session.
    """
    if not _waits_for_award(application, terms) or 0 < application.requested_cents <= terms.fast_track_max_cents:
        return None
    return max((date.fromisoformat(body["on"]) for body in terms.committee_chain if body.get("on")), default=None)


def _waits_for_award(application: Application, terms: Round) -> bool:
    limit = terms.start_rule_up_to_cents
    if terms.start_rule == StartRule.ON_SUBMISSION:
        return limit is not None and application.cost_cents > limit
    return terms.start_rule == StartRule.ON_AWARD


def declarations(draft: Draft) -> Iterator[Problem]:
    """Each declaration that the law or the guideline wants."""
    for field in DECLARATIONS:
        if not getattr(draft.application, field):
            yield _problem(field, _("Please confirm: %(field)s.") % {"field": label_of(Application, field)})


def wanted(draft: Draft) -> list[str]:
    """Return the kinds of papers that the round asks of this kind of organisation; none before it is chosen."""
    return draft.round.required_attachments.get(draft.organisation.kind, []) if draft.organisation else []


def attachments(draft: Draft) -> Iterator[Problem]:
    """The papers that the round asks of this kind of organisation."""
    for kind in wanted(draft):
        if kind in draft.kinds_attached:
            continue
        name = {"name": AttachmentKind(kind).label}
        if kind in draft.kinds_expired:
            yield _problem(kind, _("This paper has expired. Please add a newer one: %(name)s.") % name)
        else:
            yield _problem(kind, _("Please add this document: %(name)s.") % name)
