"""The office's single acts in the formal check, each on a page of its own."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.http import person, posted, refused
from grants import office
from grants import permissions as may
from grants.actions import office as actions
from grants.check_note import notes_of
from grants.differences import changes
from grants.forms.office_check import DocumentsForm, ExtendForm, ReasonForm
from grants.models import Application, ApplicationVersion, Attachment
from grants.queries import open_request
from grants.serving import serve
from grants.states import ApplicationState as S
from grants.steps.checks.rejections import SOURCES
from grants.views.office_loading import Act, act_on_case, check_page, load_case, permit
from grants.views.previews import show_preview
from notifications.dates import next_working_day
from notifications.exceptions import FileDamaged
from notifications.files import serve as serve_document

_ASK = Act(
    gettext_lazy("Request documents"),
    gettext_lazy("Say what is missing and until when; only that is opened for the applicant."),
    gettext_lazy("Send the request"),
    gettext_lazy("The applicant was asked. Only what you chose is open."),
)
_EXTEND = Act(
    gettext_lazy("Give more time"),
    gettext_lazy("Set a later day for what you asked for; also possible after the day."),
    gettext_lazy("Extend the deadline"),
    gettext_lazy("The deadline was extended and the applicant was told."),
)
_REOPEN = Act(
    gettext_lazy("Reopen the formal check"),
    gettext_lazy("The case was found not eligible. You send it back into the formal check."),
    gettext_lazy("Reopen"),
    gettext_lazy("The formal check is open again."),
)
_HINT = gettext_lazy("In words that the letter can use. A second officer reads and confirms it.")
_REJECTIONS = {
    "reject_formally": Act(
        gettext_lazy("Propose: not eligible"),
        gettext_lazy("A mandatory item is not met. You propose the rejection; a second officer confirms it."),
        gettext_lazy("Propose the rejection"),
        gettext_lazy("Proposed. A second officer must confirm it."),
    ),
    "documents_missing": Act(
        gettext_lazy("Propose: documents missing"),
        gettext_lazy("The deadline is over and the applicant was reminded. A second officer confirms the rejection."),
        gettext_lazy("Propose the rejection"),
        gettext_lazy("Proposed. A second officer must confirm it."),
    ),
    "reject_late": Act(
        gettext_lazy("Propose: received late"),
        gettext_lazy("The application came after the deadline. You propose the rejection; a second officer confirms."),
        gettext_lazy("Propose the rejection"),
        gettext_lazy("Proposed. A second officer must confirm it."),
    ),
}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the applicant for documents or changes."""
    application = load_case(request, pk)
    permit(application, request, may.case_officer)
    due = next_working_day(clock.today() + timedelta(days=application.round.documents_deadline_days))
    form = DocumentsForm(posted(request), version=application.version, due_date=due)

    def do() -> object:
        data = form.cleaned_data
        return actions.request_documents(
            application=application,
            by=person(request),
            fields=form.opened(),
            message=data["message"],
            due_date=data["due_date"],
        )

    return act_on_case(
        request, application, form, _ASK, do, states=(S.FORMAL_CHECK,), template="grants/office_documents.html"
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the applicant more time."""
    application = load_case(request, pk)
    permit(application, request, may.case_officer)
    asked = open_request(application)
    if asked is None:
        return redirect(check_page(application))
    form = ExtendForm(posted(request), version=application.version, request=asked)

    def do() -> object:
        data = form.cleaned_data
        return actions.extend_deadline(
            application=application, by=person(request), due_date=data["due_date"], reason=data["reason"]
        )

    return act_on_case(request, application, form, _EXTEND, do, states=(S.RETURNED,))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Propose that a case is not eligible."""
    if kind not in _REJECTIONS:
        raise Http404
    application = load_case(request, pk)
    permit(application, request, may.case_officer)
    form = ReasonForm(posted(request), version=application.version, help_text=_HINT)

    def do() -> object:
        return actions.propose_rejection(
            application=application, kind=kind, by=person(request), reason=form.cleaned_data["reason"]
        )

    return act_on_case(request, application, form, _REJECTIONS[kind], do, states=(SOURCES[kind],))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a case again that was found not eligible."""
    application = load_case(request, pk)
    permit(application, request, may.case_head)
    form = ReasonForm(posted(request), version=application.version)

    def do() -> object:
        return actions.reopen(application=application, by=person(request), reason=form.cleaned_data["reason"])

    return act_on_case(request, application, form, _REOPEN, do, states=(S.INELIGIBLE,))


@login_required
@never_cache
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what changed between two sent versions, old beside new."""
    application = load_case(request, pk)
    known = list(application.versions.select_related("made_by").order_by("number"))
    new = _version(known, request.GET.get("new", ""), default=-1)
    old = _version(known, request.GET.get("old", ""), default=-2)
    context = {
        "application": application,
        "versions": known,
        "old": old,
        "new": new,
        "changes": changes(old.data, new.data) if old and new else [],
        "back": check_page(application),
    }
    return render(request, "grants/office_versions.html", context)


def _version(known: list[ApplicationVersion], asked: str, *, default: int) -> ApplicationVersion | None:
    found = next((version for version in known if str(version.number) == asked), None)
    if found is None and len(known) >= -default:
        return known[default]
    return found


@login_required
@never_cache
@require_safe
def note(request: HttpRequest, pk: int, note_pk: int) -> FileResponse | HttpResponse:
    """Hand out the note on a check that has ended; a page that asks for patience while the worker draws it."""
    application = load_case(request, pk)
    document = get_object_or_404(notes_of(application), pk=note_pk)
    if document.rendered_at is None:
        return render(request, "grants/office_note.html", {"application": application, "back": check_page(application)})
    try:
        return serve_document(document, name=f"{application.case_number}-D01-{document.pk}.pdf")
    except FileDamaged as refusal:
        return refused(request, refusal, check_page(application))


def _attachment(request: HttpRequest, pk: int, file_pk: int) -> Attachment:
    """Return a file of a case to those who work on it; also one that only an older version names."""
    application: Application = get_object_or_404(office.cases_of(person(request)), pk=pk)
    return get_object_or_404(Attachment, application=application, pk=file_pk)


@login_required
@never_cache
@require_safe
def attachment(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """Hand out a file of a case."""
    return serve(_attachment(request, pk, file_pk))


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """Show pictures of the pages of such a file."""
    found = _attachment(request, pk, file_pk)
    download = reverse("grants:attachment", args=[pk, file_pk])
    return show_preview(request, found, download=download, back=reverse("reviews:case", args=[pk]))
