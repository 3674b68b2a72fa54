from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise

from accounts import audit, days
from accounts.clock import berlin_day
from accounts.models import Person, User
from accounts.states import MemberRole
from grants.models import Application, ApplicationVersion, Attachment, DocumentRequest
from grants.receipts import receipt
from grants.states import ApplicationState, VersionReason
from grants.steps.numbers import give_case_number
from grants.steps.versions import freeze
from notifications import documents, outbox, timers
from notifications.dates import deadline_includes, end_of_berlin_day, three_months_after
from notifications.states import DocumentKind, TimerKind

# What a discarded draft must not keep: names, addresses and everything that was written.
PERSONAL = (
    "executing_unit", "executing_unit_address", "contact_name", "contact_email", "contact_phone", "title",
    "municipality", "summary", "aims", "activities", "places", "target_groups", "participation", "partners",
    "innovation", "lasting", "publicity",
)  # fmt: skip


def writers(application: Application) -> list[User]:
    """Return who is told about the application: owners and editors of the organisation, else its author.

    Nobody is told of a draft that the office is writing.
    """
    if application.on_behalf and application.state == ApplicationState.DRAFT:
        return []
    if application.organisation_id is None:
        return [application.created_by]
    return writers_for(application.organisation_id)


def writers_for(organisation_id: int) -> list[User]:
    """Return the owners and editors of an organisation who can sign in."""
    return list(
        User.objects.filter(
            memberships__organisation=organisation_id,
            memberships__ended_at=None,
            memberships__role__in=[MemberRole.OWNER, MemberRole.EDITOR],
            is_active=True,
        ).order_by("pk")
    )


def tell_applicant(
    code: str, application: Application, *, key: str, context: Mapping[str, str | Promise], link: str = ""
) -> None:
    """Owe a notice to everybody who writes for the applicant.

    Args:
        code: of the notice.
        application: of theirs.
        key: names the event.
        context: of its text, beside title, case number and round.
        link: the page it leads to, by default the application's own.
    """
    known = {"title": application.title, "case_number": application.case_number or "", "round": application.round.name}
    people: list[User | str] = [*writers(application)]
    for to in people or _address(application):
        outbox.owe(
            code,
            key=f"{key}:{to.pk if isinstance(to, User) else 'contact'}",
            to=to,
            context={**known, **context},
            fund=application.fund,
            case_key=application.case_key,
            organisation_id=application.organisation_id,
            link=link or _page(application, to),
        )


def _page(application: Application, to: User | str) -> str:
    """Return the page a notice leads to: the application's own, or the one to take it over for who cannot open that."""
    if isinstance(to, User):
        return reverse("grants:application", args=[application.pk])
    return reverse("grants:code")


def _address(application: Application) -> list[str]:
    """Return the e-mail address of an applicant without an account, as it stands in what came on paper."""
    recorded = application.on_behalf and application.state != ApplicationState.DRAFT
    return [application.contact_email] if recorded and application.contact_email else []


def tell_office(code: str, application: Application, *, key: str, link: str) -> None:
    """Owe a notice to the case's officer, if it has one; else the office sees the case in its list."""
    if application.officer is None:
        return
    outbox.owe(
        code,
        key=f"{key}:{application.officer_id}",
        to=application.officer,
        context={"title": application.title, "case_number": application.case_number or ""},
        fund=application.fund,
        case_key=application.case_key,
        organisation_id=application.organisation_id,
        link=link,
    )


def submit(application: Application, *, by: User, now: datetime) -> Application:
    """Send a complete draft: number, frozen version, receipt, copy, notice and the three months' timer.

    Whether it is late is judged by `now` (cut to the second) against the round's deadline; a late one is
    flagged, never refused (VwVfG § 24 (3)). The office is warned three months after receipt (VwGO § 75).

    Args:
        application: locked by the caller, checked against the rules of its round.
        by: an owner who represents the organisation.
        now: when it arrived, by the database's clock.
    """
    late = not deadline_includes(application.round.deadline_at, now)
    number = give_case_number(application.fund, application.fund.case_prefix, berlin_day(now).year)
    version = freeze(application, reason=VersionReason.SUBMIT, by=by, now=now)
    sent: Application = audit.perform(application.submit, by=by, at=now, late=late, case_number=number)
    # The same rows as before: no need to read them again.
    sent.fund, sent.round = application.fund, application.round
    acknowledge(sent, version, now=now)
    return sent


def acknowledge(sent: Application, version: ApplicationVersion, *, now: datetime) -> None:
    """Owe the receipt, its copy and the three months' timer of an application that was received.

    Args:
        sent: with its fund and round.
        version: what was sent.
        now: when it was received.
    """
    documents.order(
        DocumentKind.RECEIPT,
        key=f"C01:{sent.case_key}",
        fund=sent.fund,
        case_key=sent.case_key,
        data=receipt(sent, version=version.number, data=version.data).to_json(),
    )
    timers.start(
        TimerKind.DECISION_DUE,
        key=f"decision_due:{sent.pk}",
        fund=sent.fund,
        case_key=sent.case_key,
        subject_id=sent.pk,
        due_at=end_of_berlin_day(three_months_after(berlin_day(now))),
    )
    received = {
        "received": days.later(days.instant_seconds, now),
        "late": "1" if sent.late else "",
        "on_paper": "1" if sent.on_behalf else "",
    }
    tell_applicant("N01", sent, key=f"N01:{sent.case_key}", context=received)


def resubmit(application: Application, request: DocumentRequest, *, by: User, now: datetime) -> Application:
    """Hand in what the office asked for: a new frozen version, the request answered, N05 to the officer."""
    request.answered_at = now
    request.answered_late = berlin_day(now) > request.due_date
    request.save(update_fields=["answered_at", "answered_late"])
    sent: Application = audit.perform(application.resubmit, by=by)
    version = freeze(sent, reason=VersionReason.RESUBMIT, by=by, now=now)
    timers.stop_all(TimerKind.DOCUMENTS_DUE, request.pk, now)
    tell_office("N05", sent, key=f"N05:{sent.case_key}:{version.number}", link=_office_link(sent))
    return sent


def submit_plan(application: Application, *, by: User, now: datetime) -> Application:
    """Hand in the revised plan: a frozen version, N05 to the officer."""
    sent: Application = audit.perform(application.submit_plan, by=by, at=now)
    version = freeze(sent, reason=VersionReason.PLAN, by=by, now=now)
    tell_office("N05", sent, key=f"N05:{sent.case_key}:{version.number}", link=_office_link(sent))
    return sent


def _office_link(application: Application) -> str:
    return reverse("reviews:case", args=[application.pk])


def withdraw(application: Application, *, by: User, reason: str, now: datetime) -> Application:
    """Take the application back, or decline the offer of less, and confirm it (N03).

    Money reserved and sheets begun belong to the floors above: their action releases them and calls this.
    """
    offered = application.state == ApplicationState.PLAN_REVISION
    transition = application.decline_offer if offered else application.withdraw
    gone: Application = audit.perform(transition, by=by, reason=reason)
    timers.stop(f"decision_due:{gone.pk}", now)
    for request in gone.document_requests.filter(answered_at=None):
        timers.stop_all(TimerKind.DOCUMENTS_DUE, request.pk, now)
    tell_applicant("N03", gone, key=f"N03:{gone.case_key}", context={"day": days.later(days.day, berlin_day(now))})
    return gone


def discard(application: Application, *, by: Person) -> list[Attachment]:
    """Throw a draft away with everything personal in it. Returns the files that must leave the store."""
    gone: Application = audit.perform(application.discard, by=by)
    for field in PERSONAL:
        setattr(gone, field, "")
    gone.bank_account = None
    gone.cost_lines.all().delete()
    gone.funding_lines.all().delete()
    files = list(gone.attachments.all())
    gone.attachments.all().delete()
    gone.save()
    return files
