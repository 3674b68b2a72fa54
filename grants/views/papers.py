"""The papers that an organisation keeps once for all its applications: statutes, notices, register extracts."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.exceptions import NotPermitted, Refused
from accounts.http import person, posted, refused
from accounts.models import Organisation
from accounts.permissions import is_member, may_edit_for
from grants import actions, filestore
from grants import papers as reads
from grants.forms.files import KeepPaperForm, PaperDatesForm
from grants.limits import limits_of
from grants.models import OrganisationDocument
from grants.queries import living_attachments
from grants.serving import serve
from grants.states import OWN_PAPERS
from grants.views.loading import editable
from grants.views.previews import show_preview
from grants.views.uploading import hand_over, take_files

_KEPT = gettext_lazy("The paper is kept. You can tick it in every application of your organisation.")


def _organisation(request: HttpRequest, pk: int, *, writes: bool = False) -> Organisation:
    """Return an organisation of the person's own, else 404."""
    found = get_object_or_404(Organisation, pk=pk)
    allowed = may_edit_for if writes else is_member
    if not allowed(person(request), found.pk):
        raise Http404
    return found


@csrf_exempt
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """List the papers of an organisation, and keep another one; `take_files` reads the body and checks the token."""
    if request.method != "POST":
        return _show(request, _organisation(request, pk))
    organisation = _organisation(request, pk, writes=True)
    show = partial(_show, request, organisation, None)
    return take_files(request, limits_of(), show=show, take=partial(_take, organisation=organisation))


def _take(request: HttpRequest, *, organisation: Organisation) -> HttpResponse:
    form = KeepPaperForm(request.POST, request.FILES, limits=limits_of())
    if not form.is_valid():
        return _show(request, organisation, form)
    upload = form.cleaned_data["file"]
    words = {name: form.cleaned_data[name] for name in ("kind", "issued_on", "expires_on")}

    def keep(stored: filestore.Stored) -> OrganisationDocument:
        return actions.keep_paper(organisation=organisation, by=person(request), stored=stored, **words)

    try:
        hand_over(filestore.store(upload, limits_of()), keep)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error("file", str(refusal.message))
        return _show(request, organisation, form)
    success(request, _KEPT)
    return redirect("grants:papers", organisation.pk)


def _show(
    request: HttpRequest,
    organisation: Organisation,
    form: KeepPaperForm | None = None,
    complaints: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    context: dict[str, Any] = {
        "organisation": organisation,
        "papers": [(paper, reads.holds(paper, today)) for paper in reads.papers_of(organisation)],
        "may_edit": may_edit_for(person(request), organisation.pk),
        "form": form or KeepPaperForm(limits=limits_of()),
        "complaints": complaints or [],
    }
    return render(request, "grants/paper_list.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def keep_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Keep a file of an application for the next ones of its organisation."""
    application = editable(request, pk)
    organisation = application.organisation
    attachment = get_object_or_404(living_attachments(application), pk=file_pk, kind__in=OWN_PAPERS)
    if organisation is None or application.on_behalf or not attachment.shown:
        raise Http404
    form = PaperDatesForm(posted(request))
    back = reverse("grants:files", args=[pk])
    if request.method != "POST" or not form.is_valid():
        return render(request, "grants/paper_keep.html", {"form": form, "attachment": attachment, "back": back})
    keep = partial(
        actions.keep_paper, organisation=organisation, by=person(request), kind=attachment.kind, attachment=attachment,
        **form.cleaned_data,
    )  # fmt: skip
    try:
        hand_over(filestore.twin(attachment), lambda stored: keep(stored=stored))
    except Refused as refusal:
        return refused(request, refusal, back)
    success(request, _KEPT)
    return redirect(back)


def _paper(request: HttpRequest, pk: int, *, writes: bool = False) -> OrganisationDocument:
    """Return a living paper of an organisation of the person's own, else 404."""
    rows = OrganisationDocument.objects.select_related("organisation")
    found = get_object_or_404(rows, pk=pk, removed_at=None)
    allowed = may_edit_for if writes else is_member
    if not allowed(person(request), found.organisation_id):
        raise Http404
    return found


@login_required
@require_GET
@never_cache
def download(request: HttpRequest, pk: int) -> FileResponse:
    """A paper of the person's own organisation."""
    return serve(_paper(request, pk))


@login_required
@require_GET
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Pictures of the pages of such a paper."""
    paper = _paper(request, pk)
    back = reverse("grants:papers", args=[paper.organisation_id])
    return show_preview(request, paper, download=reverse("grants:paper", args=[pk]), back=back)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the dates of a paper."""
    paper = _paper(request, pk, writes=True)
    back = reverse("grants:papers", args=[paper.organisation_id])
    form = PaperDatesForm(posted(request), initial={"issued_on": paper.issued_on, "expires_on": paper.expires_on})
    if request.method != "POST" or not form.is_valid():
        return render(request, "grants/paper_dates.html", {"form": form, "paper": paper, "back": back})
    try:
        actions.date_paper(paper=paper, by=person(request), **form.cleaned_data)
    except NotPermitted as refusal:
        raise Http404 from refusal
    success(request, _("Saved."))
    return redirect(back)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a paper away."""
    paper = _paper(request, pk, writes=True)
    back = reverse("grants:papers", args=[paper.organisation_id])
    if request.method != "POST":
        return render(request, "grants/paper_remove.html", {"paper": paper, "back": back})
    try:
        actions.remove_paper(paper=paper, by=person(request))
    except NotPermitted as refusal:
        raise Http404 from refusal
    success(request, _("The paper was taken away."))
    return redirect(back)
