"""Reads of rounds and applications."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Max, Prefetch, Q, QuerySet, prefetch_related_objects

from accounts import audit, clock
from accounts.models import AuditEntry, Fund, Organisation, Person
from accounts.permissions import may_edit_for, memberships_of
from grants import permissions as may
from grants.models import Application, Attachment, DocumentRequest, FormerAward, Round
from grants.rules import Draft
from grants.sections import ALL_FIELDS, PLAN_FIELDS, expand
from grants.states import ApplicationState, AttachmentKind, RoundState, Scan
from notifications.models import Document, Letter
from notifications.states import DocumentKind, LetterState

PUBLIC_ROUNDS = [state for state in RoundState if state not in (RoundState.DRAFT, RoundState.ARCHIVED)]
# States that do not count against the number of applications that an organisation may send.
NOT_SENT = [ApplicationState.DRAFT, ApplicationState.DISCARDED, ApplicationState.WITHDRAWN]
# Rounds that still take in an application. What comes after the deadline is recorded and flagged, never
# refused (VwVfG § 24 (3)).
INTAKE = [state for state in PUBLIC_ROUNDS if state != RoundState.PUBLISHED]


def public_rounds() -> QuerySet[Round]:
    """Return the rounds that everybody may read about, open ones first by deadline."""
    return Round.objects.filter(state__in=PUBLIC_ROUNDS).select_related("fund").order_by("-deadline_at", "pk")


def shown_funds() -> QuerySet[Fund]:
    """Return the funds that have a page for everybody: those with a round that was ever published."""
    shown = Round.objects.exclude(state=RoundState.DRAFT).values("fund")
    return Fund.objects.filter(pk__in=shown)


def lists_awards(fund_id: int) -> bool:
    """Tell whether a round of the fund was decided whose awards are published, or former awards are (one query)."""
    decided = (RoundState.DECIDED, RoundState.RUNNING, RoundState.ARCHIVED)
    rounds = Round.objects.filter(fund=fund_id, publish_awards=True, state__in=decided)
    former = FormerAward.objects.filter(fund=fund_id, publish=True)
    return Fund.objects.filter(Exists(rounds) | Exists(former), pk=fund_id).exists()


def extended_at(round_: Round) -> datetime | None:
    """Return when the deadline was last moved for everybody, if it was (one query)."""
    return audit.history(round_).filter(action="extend").order_by("-pk").values_list("at", flat=True).first()


def applications_of(person: Person) -> QuerySet[Application]:
    """Return what the person may see as an applicant, newest first; discarded drafts are gone."""
    organisations = [m.organisation_id for m in memberships_of(person)]
    return (
        Application.objects.filter(Q(organisation__in=organisations) | Q(organisation=None, created_by_id=person.pk))
        .exclude(state=ApplicationState.DISCARDED)
        .exclude(state=ApplicationState.DRAFT, on_behalf=True)
        .select_related("round", "fund", "organisation")
    )


def organisations_to_apply_for(person: Person) -> list[Organisation]:
    """Return the organisations in whose name the person may write, by name."""
    found = [m.organisation for m in memberships_of(person) if may_edit_for(person, m.organisation_id)]
    return sorted(found, key=lambda organisation: organisation.search_key)


def former_applications(person: Person) -> QuerySet[Application]:
    """Return what was sent before in a name in which the person may write, newest first."""
    own = [m.organisation_id for m in memberships_of(person) if may_edit_for(person, m.organisation_id)]
    sent = Application.objects.filter(organisation__in=own, submitted_at__isnull=False)
    return sent.select_related("round", "organisation").order_by("-submitted_at", "-pk")


def organisations_at_their_limit(round_: Round, organisations: Iterable[Organisation]) -> list[Organisation]:
    """Return those that have sent as many applications as the round allows (one query, none without any)."""
    mine = {organisation.pk: organisation for organisation in organisations}
    sent = Application.objects.filter(round=round_, organisation__in=mine).exclude(state__in=NOT_SENT)
    counts = sent.order_by().values_list("organisation").annotate(count=Count("pk"))
    return [mine[pk] for pk, count in counts if pk is not None and count >= round_.max_applications]


def living_attachments(application: Application) -> QuerySet[Attachment]:
    """Return the files that belong to the application now."""
    return Attachment.objects.filter(application=application, removed_at=None).order_by("pk")


_LIVING = Prefetch(
    "attachments",
    Attachment.objects.filter(removed_at=None).select_related("source").order_by("pk"),
    to_attr="living_files",
)


def files_of(application: Application) -> list[Attachment]:
    """Return the files that belong to the application now, from memory when they were loaded with it."""
    loaded: list[Attachment] | None = getattr(application, "living_files", None)
    return list(living_attachments(application)) if loaded is None else loaded


def load_draft(application: Application) -> Draft:
    """Return the application as the rules see it (four queries); its lines and files stay loaded on it."""
    prefetch_related_objects([application], "cost_lines", "funding_lines", _LIVING)
    files = files_of(application)
    expired = _expired(files)
    others = 0
    if application.organisation_id is not None:
        others = (
            Application.objects.filter(round_id=application.round_id, organisation_id=application.organisation_id)
            .exclude(Q(state__in=NOT_SENT) | Q(pk=application.pk))
            .count()
        )
    return Draft(
        application=application,
        round=application.round,
        organisation=application.organisation,
        cost_lines=tuple(application.cost_lines.all()),
        funding_lines=tuple(application.funding_lines.all()),
        kinds_attached=frozenset(file.kind for file in files if file not in expired and file.scan != Scan.INFECTED),
        kinds_expired=frozenset(file.kind for file in expired),
        others_sent=others,
        day=clock.berlin_day(application.submitted_at or clock.now()),
    )


def load_drafts(applications: Sequence[Application], round_: Round) -> list[Draft]:
    """Return many applications of one round as the rules see them (five queries, whatever their number)."""
    prefetch_related_objects(applications, "organisation", "cost_lines", "funding_lines", _LIVING)
    sent = Application.objects.filter(round=round_, organisation__isnull=False).exclude(state__in=NOT_SENT)
    counts = dict(sent.order_by().values_list("organisation").annotate(count=Count("pk")))
    today = clock.today()
    return [_as_draft(application, round_, counts, today) for application in applications]


def _as_draft(application: Application, round_: Round, counts: Mapping[int | None, int], today: date) -> Draft:
    own = application.organisation_id is not None and application.state not in NOT_SENT
    files = files_of(application)
    held = [file for file in files if not (file.source and file.source.expires_on and file.source.expires_on < today)]
    return Draft(
        application=application,
        round=round_,
        organisation=application.organisation,
        cost_lines=tuple(application.cost_lines.all()),
        funding_lines=tuple(application.funding_lines.all()),
        kinds_attached=frozenset(file.kind for file in held if file.scan != Scan.INFECTED),
        others_sent=counts.get(application.organisation_id, 0) - own,
        day=clock.berlin_day(application.submitted_at) if application.submitted_at else today,
    )


def _expired(files: Iterable[Attachment]) -> list[Attachment]:
    """Return the organisation's own papers among the files that do not hold today; without any it asks no clock."""
    ending = [(file, file.source.expires_on) for file in files if file.source and file.source.expires_on]
    today = clock.today() if ending else None
    return [file for file, expires_on in ending if today is not None and expires_on < today]


def open_request(application: Application) -> DocumentRequest | None:
    """Return the request for documents that waits for an answer."""
    return application.document_requests.filter(answered_at=None).select_related("asked_by").order_by("-pk").first()


# Steps of the history that the timeline of the applicant shows.
_TAKEN_BACK = ("withdraw", "decline_offer")
_SHOWN_STEPS = ("accept", "request_documents", "resubmit", *_TAKEN_BACK)


@dataclass(frozen=True)
class Known:
    """What the history of a sent case knows of its way.

    Attributes:
        accepted_at, withdrawn_at: when it was formally accepted, or taken back: what the timeline of its state shows.
        handed_in: when the office asked for something and when the applicant handed it in, for each time.
    """

    accepted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    handed_in: tuple[tuple[datetime, datetime], ...] = ()


def known_of(case: Application) -> Known:
    """Return what the history knows of the way of a sent case (one query)."""
    steps = AuditEntry.objects.filter(case_key=case.case_key, action__in=_SHOWN_STEPS).order_by("pk")
    accepted_at = withdrawn_at = asked_at = None
    handed_in = []
    for action, at in steps.values_list("action", "at"):
        if action == "accept":
            accepted_at = at
        elif action in _TAKEN_BACK:
            withdrawn_at = at
        elif action == "request_documents":
            asked_at = at
        elif asked_at is not None:
            handed_in.append((asked_at, at))
    if case.state != ApplicationState.WITHDRAWN:
        return Known(accepted_at, None, tuple(handed_in))
    return Known(None, withdrawn_at, tuple(handed_in))


def open_fields(application: Application) -> frozenset[str]:
    """Return what the applicant may edit in this state: all of a draft, else only what the office reopened."""
    opened = _opened(application)
    if not application.on_behalf:
        return opened - _SCAN
    # Whose application it is was told at the beginning; what came on paper always has a scan.
    return (opened | _SCAN if opened else opened) - {"organisation"}


_SCAN = frozenset({AttachmentKind.SCAN.value})


def _opened(application: Application) -> frozenset[str]:
    if application.state == ApplicationState.DRAFT:
        return ALL_FIELDS
    if application.state == ApplicationState.PLAN_REVISION:
        return PLAN_FIELDS
    if application.state == ApplicationState.RETURNED:
        request = open_request(application)
        return expand(request.fields) if request else frozenset()
    return frozenset()


def may_edit(application: Application, person: Person) -> bool:
    """Tell whether the person may write in the application now."""
    return bool(may.applicant_edits(application, person)) and bool(open_fields(application))


def announced_cases(case_keys: Iterable[str]) -> set[str]:
    """Return those of the cases whose award or rejection letter has been announced.

    A letter opened in the portal counts from the day of its effect: until then only who opened it knows.
    """
    effects = Letter.objects.filter(
        case_key__in=list(case_keys),
        kind__in=[DocumentKind.AWARD, DocumentKind.REJECTION],
        state=LetterState.ANNOUNCED,
    ).values_list("case_key", "announced_on")
    found = [(key, on) for key, on in effects if on is not None]
    today = clock.today() if found else None
    return {key for key, on in found if today is not None and on <= today}


def receipt_copy(application: Application) -> Document | None:
    """Return the PDF copy that was ordered with the receipt."""
    return Document.objects.filter(case_key=application.case_key, kind=DocumentKind.RECEIPT).first()


def last_version_number(application: Application) -> int:
    """Return the number of the newest sent version, 0 when nothing was sent."""
    return application.versions.aggregate(last=Max("number"))["last"] or 0
