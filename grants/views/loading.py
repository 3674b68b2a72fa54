"""What the applicant's views share: loading what may be seen, and answering who may not."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.http import person
from grants import queries, recording
from grants.models import Application, DocumentRequest
from grants.states import ApplicationState


def visible(request: HttpRequest, pk: int, *, alone: bool = False) -> Application:
    """Return an application of the signed-in person, or one that the person's office writes for somebody; else 404.

    `alone` as for `editable`.
    """
    who = person(request)
    found = _one(queries.applications_of(who), pk, alone) or _one(recording.seen_by(who), pk, alone)
    if found is None:
        raise Http404
    return found


def own(request: HttpRequest, pk: int) -> Application:
    """Return the application if the signed-in person acts for its applicant, else 404."""
    found = _one(queries.applications_of(person(request)), pk, alone=False)
    if found is None:
        raise Http404
    return found


def _one(rows: QuerySet[Application], pk: int, alone: bool) -> Application | None:
    return (rows.select_related(None) if alone else rows).filter(pk=pk).first()


def editable(request: HttpRequest, pk: int, *, alone: bool = False) -> Application:
    """Return the application if the person may write in it now, else 404.

    Args:
        request: of a signed-in person.
        pk: of the application.
        alone: without its round, fund and organisation, for what is saved without looking at them.
    """
    found = visible(request, pk, alone=alone)
    if not queries.may_edit(found, person(request)):
        raise Http404
    return found


def seen_version(request: HttpRequest) -> int:
    """Return the version the page was made from; 0, which none has, for nonsense."""
    text = request.POST.get("version", "").replace(".", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def page_of(application: Application) -> str:
    """Return the address of the application's own page."""
    return reverse("grants:application", args=[application.pk])


def is_draft(application: Application) -> bool:
    """Tell whether it was not sent yet."""
    return bool(application.state == ApplicationState.DRAFT)


def asked_for(application: Application) -> DocumentRequest | None:
    """Return what the office asked for, to stand beside what is reopened for it."""
    return queries.open_request(application) if application.state == ApplicationState.RETURNED else None
