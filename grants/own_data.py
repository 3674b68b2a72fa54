"""What grants keeps for a person's own export (Art. 15 and 20 GDPR): the applications they may see, whole."""

from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from accounts.permissions import memberships_of
from grants import applicant_view
from grants.desk import filters_of
from grants.models import Application, Attachment, CaseMessage, OrganisationDocument
from grants.queries import announced_cases, applications_of
from grants.snapshots import snapshot
from grants.states import ApplicationState

_FILES = Prefetch("attachments", Attachment.objects.filter(removed_at=None).order_by("pk"), to_attr="living_files")


def own_cases(person: User) -> list[dict[str, Any]]:
    """Return the applications of the person's organisations, newest first, with what the pages say about each."""
    rows = applications_of(person).select_related(
        "round", "fund", "organisation", "bank_account", "follows", "created_by"
    )
    cases = list(
        rows.prefetch_related(
            "versions__made_by", "cost_lines", "funding_lines", "case_messages__sent_by", "case_messages__files",
            "document_requests", _FILES,
        ).order_by("-pk")
    )  # fmt: skip
    announced = announced_cases([case.case_key for case in cases])
    return [_case(case, announced=case.case_key in announced) for case in cases]


def own_papers(person: User) -> list[dict[str, Any]]:
    """Return the papers that the person's organisations keep for their applications."""
    own = [membership.organisation_id for membership in memberships_of(person)]
    kept = OrganisationDocument.objects.filter(organisation__in=own, removed_at=None).select_related("organisation")
    return [
        {
            "organisation": paper.organisation.name,
            **_file(paper),
            "issued": paper.issued_on.isoformat() if paper.issued_on else None,
            "expires": paper.expires_on.isoformat() if paper.expires_on else None,
        }
        for paper in kept.order_by("organisation", "pk")
    ]


def own_filters(person: User) -> list[dict[str, str]]:
    """Return the filters that somebody who works here keeps under a name."""
    return [{"name": kept.name, "filters": kept.query} for kept in filters_of(person)]


def _case(case: Application, *, announced: bool) -> dict[str, Any]:
    return {
        "number": case.case_number or "",
        "title": case.title,
        "fund": case.fund.name,
        "round": case.round.name,
        "state": applicant_view.words(case, announced=announced),
        "begun_by": str(case.created_by),
        "received": case.submitted_at.isoformat() if case.submitted_at else None,
        "content": snapshot(case) if case.state == ApplicationState.DRAFT else None,
        "versions": [
            {
                "number": version.number,
                "reason": str(version.get_reason_display()),
                "at": version.made_at.isoformat(),
                "by": str(version.made_by),
                "content": version.data,
            }
            for version in case.versions.all()
        ],
        "files": [_file(file) for file in getattr(case, "living_files", [])],
        "asked_for": [
            {"at": request.asked_at.isoformat(), "until": request.due_date.isoformat(), "text": request.message}
            for request in case.document_requests.all()
        ],
        "messages": [_message(message) for message in case.case_messages.all()],
    }


def _file(file: Attachment | OrganisationDocument) -> dict[str, Any]:
    return {
        "name": file.name,
        "kind": str(file.get_kind_display()),
        "size": file.size,
        "sha256": file.sha256,
        "at": file.uploaded_at.isoformat(),
    }


def _message(message: CaseMessage) -> dict[str, Any]:
    return {
        "at": message.sent_at.isoformat(),
        "side": str(message.get_side_display()),
        "by": str(message.sent_by),
        "text": message.text,
        "files": [file.name for file in message.files.all()],
    }
