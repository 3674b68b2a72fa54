"""The step of attachments: upload, attach by a tick, replace, remove, download."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import clock
from accounts.exceptions import Refused
from accounts.http import person, refused
from grants import actions, filestore, papers, queries, rules
from grants.forms.files import ReplaceForm, TickPapersForm, UploadForm
from grants.limits import Limits, limits_for, limits_of
from grants.models import Application, Attachment, OrganisationDocument
from grants.sections import FIELDS, Section
from grants.serving import serve
from grants.states import AttachmentKind
from grants.views.loading import asked_for, editable, is_draft, page_of, visible
from grants.views.previews import show_preview
from grants.views.uploading import by_script, hand_over, store_each, take_files, told_to_script


@csrf_exempt
@login_required
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """The step of attachments. The body is read, and its token checked, by `take_files`."""
    if request.method != "POST":
        return _show(request, editable(request, pk))
    application = editable(request, pk, alone=True)
    limits = limits_for(application)

    def show(complaints: list[str], status: int) -> HttpResponse:
        if by_script(request):
            return told_to_script(complaints, status)
        return _show(request, editable(request, pk), complaints=complaints, status=status)

    return take_files(request, limits, show=show, take=partial(_take, application=application, limits=limits))


def _take(request: HttpRequest, *, application: Application, limits: Limits) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, kinds=_kinds(application), limits=limits)
    if form.is_valid():
        kind, uploads = form.cleaned_data["kind"], form.cleaned_data["files"]
        add = partial(_add, request, application, kind)
        complaints = store_each(uploads, limits, add)
        if complaints:
            form.add_error("files", complaints)
    if by_script(request):
        wrong = [str(text) for texts in form.errors.values() for text in texts]
        return told_to_script(wrong, 422 if wrong else 201)
    if form.errors:
        return _show(request, editable(request, application.pk), form)
    success(request, _("Saved."))
    return redirect("grants:files", application.pk)


def _kinds(application: Application) -> list[str]:
    open_kinds = queries.open_fields(application) & set(FIELDS[Section.FILES])
    if not open_kinds:
        raise Http404
    return [kind for kind in AttachmentKind.values if kind in open_kinds]


def _add(request: HttpRequest, application: Application, kind: str, stored: filestore.Stored) -> Attachment:
    return actions.add_file(application=application, by=person(request), kind=kind, stored=stored)


def _show(
    request: HttpRequest,
    application: Application,
    form: UploadForm | None = None,
    *,
    ticks: TickPapersForm | None = None,
    complaints: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    kinds, limits = _kinds(application), limits_of(application.round)
    draft = queries.load_draft(application)
    if form is None:
        asked = request.GET.get("kind", "")
        form = UploadForm(kinds=kinds, limits=limits, kind=asked if asked in kinds else "")
    known = papers.papers_for(application, kinds=kinds, on=clock.today())
    context = {
        "application": application,
        "form": form,
        "ticks": ticks or TickPapersForm(papers=known.offered),
        "unkept": known.unkept,
        "complaints": complaints or [],
        "files": queries.files_of(application),
        "open_kinds": kinds,
        "limits": limits,
        "section": Section.FILES,
        "number": list(Section).index(Section.FILES) + 1,
        "total": len(Section),
        "wanted": _wanted(draft, known.expired),
        "kept_kinds": {paper.kind for paper in known.offered},
        "back": page_of(application),
        "draft": is_draft(application),
        "asked": asked_for(application),
        "following": _following(request, application),
        "checks": "check" in request.GET,
    }
    return render(request, "grants/application_files.html", context, status=status)


def _following(request: HttpRequest, application: Application) -> str:
    if not is_draft(application):
        return reverse("grants:resubmit", args=[application.pk])
    if "check" in request.GET:
        return reverse("grants:review", args=[application.pk])
    return reverse("grants:section", args=[application.pk, Section.DECLARATIONS.value])


def _wanted(draft: rules.Draft, expired: set[str]) -> list[tuple[str, Any, str]]:
    """Return kind and label of each paper that the round asks for, with: added, expired, or missing."""
    old = draft.kinds_expired | expired
    return [
        (
            kind,
            AttachmentKind(kind).label,
            "added" if kind in draft.kinds_attached else "expired" if kind in old else "missing",
        )
        for kind in rules.wanted(draft)
    ]


@login_required
@require_POST
def attach_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach the papers of the organisation that were ticked."""
    application = editable(request, pk)
    limits = limits_of(application.round)
    known = papers.papers_for(application, kinds=_kinds(application), on=clock.today())
    ticks = TickPapersForm(request.POST, papers=known.offered)
    if ticks.is_valid():
        for paper in ticks.ticked():
            try:
                _attach_paper(request, application, paper, limits)
            except Refused as refusal:
                ticks.add_error("papers", f"{paper.name}: {refusal.message}")
    if ticks.errors:
        return _show(request, editable(request, pk), ticks=ticks)
    success(request, _("Saved."))
    return redirect("grants:files", pk)


def _attach_paper(request: HttpRequest, application: Application, paper: OrganisationDocument, limits: Limits) -> None:
    limits.check(paper)
    add = partial(actions.add_file, application=application, by=person(request), kind=paper.kind, source=paper)
    hand_over(filestore.twin(paper), lambda stored: add(stored=stored))


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
@require_GET
@never_cache
def preview(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """Pictures of the pages of such a file."""
    attachment = _attachment(request, pk, file_pk)
    back = "grants:files" if queries.may_edit(attachment.application, person(request)) else "grants:application"
    return show_preview(
        request, attachment, download=reverse("grants:file", args=[pk, file_pk]), back=reverse(back, args=[pk])
    )


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


@csrf_exempt
@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Put a newer file in the place of one that is attached."""
    attachment = _attachment(request, pk, file_pk)
    application = editable(request, pk)
    if attachment.removed_at is not None:
        return redirect("grants:files", pk)
    limits = limits_of(application.round)
    show = partial(_show_replace, request, attachment, limits, None)
    if request.method != "POST":
        return show([], 200)
    return take_files(request, limits, show=show, take=partial(_replace, attachment=attachment, limits=limits))


def _replace(request: HttpRequest, *, attachment: Attachment, limits: Limits) -> HttpResponse:
    form = ReplaceForm(request.POST, request.FILES, limits=limits)
    if not form.is_valid():
        return _show_replace(request, attachment, limits, form, [], 200)
    change: Any = partial(actions.replace_file, attachment=attachment, by=person(request))
    try:
        stored = filestore.store(form.cleaned_data["file"], limits)
        hand_over(stored, lambda stored: change(stored=stored))
    except Refused as refusal:
        form.add_error("file", str(refusal.message))
        return _show_replace(request, attachment, limits, form, [], 200)
    success(request, _("The file was replaced."))
    return redirect("grants:files", attachment.application_id)


def _show_replace(
    request: HttpRequest,
    attachment: Attachment,
    limits: Limits,
    form: ReplaceForm | None,
    complaints: list[str],
    status: int,
) -> HttpResponse:
    context = {
        "attachment": attachment,
        "form": form or ReplaceForm(limits=limits),
        "complaints": complaints,
        "back": reverse("grants:files", args=[attachment.application_id]),
    }
    return render(request, "grants/application_replace.html", context, status=status)
