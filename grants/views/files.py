from typing import Any

import structlog
from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.core.exceptions import TooManyFilesSent
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from accounts.exceptions import Refused
from accounts.http import person, refused
from grants import actions, filestore, queries, rules
from grants.forms import UploadForm
from grants.models import Application, Attachment
from grants.sections import FIELDS, Section
from grants.serving import serve
from grants.states import AttachmentKind
from grants.uploads import FILES_PER_REQUEST, NO_ROOM, LimitedUploadHandler, request_limit
from grants.views.loading import editable, is_draft, page_of, visible

log = structlog.get_logger(__name__)


@csrf_exempt
@login_required
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """The step of attachments. The body is read by our own handler, which stops at the limit.

    The token is checked by `_take`, after the handler is in place; before that nothing comes into the store.
    """
    if request.method != "POST":
        return _show(request, editable(request, pk), None, [])
    application = editable(request, pk, alone=True)
    try:
        return _receive(request, application)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        log.exception("no_room_for_files", application=pk)
        return _show(request, editable(request, pk), None, [filestore.no_room()], status=507)


def _receive(request: HttpRequest, application: Application) -> HttpResponse:
    if _announced_bytes(request) > request_limit():
        return _show(request, application, None, [filestore.too_large()], status=413)
    handler = LimitedUploadHandler(request)
    request.upload_handlers = [handler]
    complaint = _read_body(request, handler)
    if handler.no_room:
        raise handler.no_room
    if complaint:
        return _show(request, application, None, [complaint])
    if handler.too_large:
        return _show(request, application, None, [filestore.too_large()], status=413)
    return _take(request, application)


def _read_body(request: HttpRequest, handler: LimitedUploadHandler) -> str:
    """Read what was sent, through the handler that is in place; return why it cannot be read, if so."""
    try:
        with handler.whole_or_nothing():
            request.POST  # noqa: B018 - reads the body now
    except TooManyFilesSent:
        return _("Please send at most %(limit)s files at once.") % {"limit": FILES_PER_REQUEST}
    except MultiPartParserError:
        return _(
            "The files did not arrive as a whole, so none was taken. If the name of a file is very long, "
            "please give it a shorter one, and send the files again."
        )
    return ""


def _announced_bytes(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() and len(text) < 16 else request_limit() + 1


@csrf_protect
def _take(request: HttpRequest, application: Application) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, kinds=_kinds(application))
    if not form.is_valid():
        return _show(request, application, form, [])
    complaints = _attach(request, application, form)
    if complaints:
        form.add_error("files", complaints)
        return _show(request, editable(request, application.pk), form, [])
    success(request, _("Saved."))
    return redirect("grants:files", application.pk)


def _kinds(application: Application) -> list[str]:
    open_kinds = queries.open_fields(application) & set(FIELDS[Section.FILES])
    if not open_kinds:
        raise Http404
    return [kind for kind in AttachmentKind.values if kind in open_kinds]


def _attach(request: HttpRequest, application: Application, form: UploadForm) -> list[str]:
    """Attach each file that can be taken; return what is wrong with the others."""
    complaints = []
    for upload in form.cleaned_data["files"]:
        try:
            _attach_one(request, application, form.cleaned_data["kind"], upload)
        except Refused as refusal:
            complaints.append(f"{upload.name}: {refusal.message}")
    return complaints


def _attach_one(request: HttpRequest, application: Application, kind: str, upload: Any) -> None:
    stored = filestore.store(upload)
    try:
        actions.add_file(application=application, by=person(request), kind=kind, stored=stored)
    except BaseException:
        filestore.remove(stored.path)
        raise


def _show(
    request: HttpRequest, application: Application, form: UploadForm | None, complaints: list[str], status: int = 200
) -> HttpResponse:
    if form is None:
        form = UploadForm(kinds=_kinds(application))
    draft = queries.load_draft(application)
    context = {
        "application": application,
        "form": form,
        "complaints": complaints,
        "files": queries.files_of(application),
        "section": Section.FILES,
        "number": list(Section).index(Section.FILES) + 1,
        "total": len(Section),
        "wanted": [(AttachmentKind(kind).label, kind in draft.kinds_attached) for kind in rules.wanted(draft)],
        "back": page_of(application),
        "draft": is_draft(application),
        "following": reverse("grants:section", args=[application.pk, Section.DECLARATIONS.value]),
    }
    return render(request, "grants/application_files.html", context, status=status)


def _attachment(request: HttpRequest, pk: int, file_pk: int) -> Attachment:
    application = visible(request, pk)
    found = Attachment.objects.select_related("application__round").filter(application=application, pk=file_pk)
    attachment = found.first()
    if attachment is None:
        raise Http404
    return attachment


@login_required
@require_GET
@never_cache
def download(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """A file of the applicant's own application."""
    return serve(_attachment(request, pk, file_pk))


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Ask, then take a file out."""
    attachment = _attachment(request, pk, file_pk)
    application = editable(request, pk)
    back = reverse("grants:files", args=[application.pk])
    if attachment.removed_at is not None:
        return redirect(back)
    if request.method == "POST":
        try:
            actions.remove_file(attachment=attachment, by=person(request))
        except Refused as refusal:
            return refused(request, refusal, page_of(application))
        success(request, _("The file was removed."))
        return redirect(back)
    return render(request, "grants/application_remove.html", {"attachment": attachment, "back": back})
