from django.urls import reverse

from accounts import audit
from accounts.models import SYSTEM
from grants.models import Application, Attachment, CaseMessageFile, Import, OrganisationDocument, StoredFile
from grants.states import ApplicationState, MessageSide
from notifications import outbox


def refuse_file(file: StoredFile) -> None:
    """Tell whoever sent a file that the virus scanner refuses it (N32); a sent case has it in its history."""
    case = _case_of(file)
    if case is not None and case.state != ApplicationState.DRAFT:
        audit.record("refuse_file", case, by=SYSTEM, data={"name": file.name})
    outbox.owe(
        "N32",
        key=f"N32:{file._meta.model_name}:{file.pk}",
        to=file.uploaded_by,
        context={"file": file.name},
        fund=case.fund if case else None,
        case_key=case.case_key if case else "",
        organisation_id=case.organisation_id if case else None,
        link=_page_of(file),
    )


def _case_of(file: StoredFile) -> Application | None:
    if isinstance(file, Attachment):
        return file.application
    return file.message.application if isinstance(file, CaseMessageFile) else None


def _page_of(file: StoredFile) -> str:
    """Return where whoever sent it sees it; the office has its own way to its cases."""
    if isinstance(file, OrganisationDocument):
        return reverse("grants:papers", args=[file.organisation_id])
    if isinstance(file, CaseMessageFile) and file.message.side == MessageSide.OFFICE:
        return ""
    if isinstance(file, Import):
        return reverse("grants:import", args=[file.pk])
    case = _case_of(file)
    return reverse("grants:application", args=[case.pk]) if case else ""
