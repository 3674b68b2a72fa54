"""The juror's pages: dashboard, declaration, sheet, files."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, refused
from accounts.models import User
from grants.models import Attachment
from grants.queries import living_attachments
from grants.sections import Section
from grants.serving import serve
from grants.states import ApplicationState
from grants.views.previews import show_preview
from reviews.actions import sheets as actions
from reviews.forms.sheets import DeclarationForm, SheetForm, WhyForm
from reviews.models import Review, ScoringPeriod
from reviews.queries import case as case_queries
from reviews.queries import sheets as queries
from reviews.queries.dashboard import Board, board_of
from reviews.queries.ranking import SESSION_ROUNDS
from reviews.states import ReviewState as S

SHEET = "reviews/sheet_form.html"


def _own_sheet(request: HttpRequest, pk: int) -> Review:
    """Load a sheet of the person's own; a recused juror's is gone."""
    review = get_object_or_404(queries.own_sheets(person(request)), pk=pk)
    if review.state == S.RECUSED:
        raise Http404
    return review


def _open_sheet(request: HttpRequest, pk: int) -> Review:
    """Load an own sheet whose documents are open."""
    review = _own_sheet(request, pk)
    if not review.opened:
        raise Http404
    return review


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what is left to score, open sheets first, the next one with one key."""
    asked = request.GET
    board: Board = board_of(person(request), clock.today(), round_id=asked.get("round", ""), page=asked.get("page"))
    if not board.seats:
        raise Http404
    return render(request, "reviews/jury_dashboard.html", {"board": board, "session_rounds": SESSION_ROUNDS})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare, then score: one address for one sheet."""
    review = _own_sheet(request, pk)
    if not review.opened:
        return _declaration(request, review)
    if not queries.editable(review):
        return render(request, "reviews/sheet_read.html", _reading(review))
    if request.method == "POST":
        return _save(request, review)
    rubric, scores = queries.criteria(review.application.round_id), list(review.scores.all())
    form = SheetForm(review=review, rubric=rubric, scores=scores)
    return render(request, SHEET, _documents(review) | {"form": form})


def _declaration(request: HttpRequest, review: Review) -> HttpResponse:
    waits = queries.waits_for_chair(review)
    can = review.state == S.ASSIGNED and not waits
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if waits:
        form.fields["declaration"].choices = form.fields["declaration"].choices[1:]  # type: ignore[attr-defined]
    context = {"review": review, "form": form, "waits": waits, "can": can}
    if request.method != "POST" or not form.is_valid():
        return render(request, "reviews/sheet_declare.html", context)
    try:
        return _declared(request, review, form)
    except LostRace as refusal:
        return conflict(request, "reviews/sheet_declare.html", context, refusal)
    except Refused as refusal:
        return refused(request, refusal, request.path)


def _declared(request: HttpRequest, review: Review, form: DeclarationForm) -> HttpResponse:
    by = person(request)
    if form.cleaned_data["declaration"] == "conflict":
        return _recused(request, review, form.cleaned_data["why"], by)
    fresh = actions.declare_no_conflict(review=review, by=by)
    if not fresh.opened:
        messages.warning(request, _("A possible conflict was found. The chair has to look at it first."))
    return redirect("reviews:sheet", pk=review.pk)


def _recused(request: HttpRequest, review: Review, why: str, by: User) -> HttpResponse:
    actions.declare_conflict(review=review, why=why, by=by)
    messages.success(request, _("Your conflict of interest is recorded. You take no further part in this case."))
    return redirect("reviews:jury")


def _documents(review: Review) -> dict[str, Any]:
    """What the juror reads; no contact, no bank account."""
    application = review.application
    return {
        "review": review,
        "application": application,
        "blocks": case_queries.blocks(application, (Section.PROJECT, Section.CONTENT, Section.EFFECT)),
        "cost_lines": list(application.cost_lines.all()),
        "funding_lines": list(application.funding_lines.all()),
        "attachments": list(living_attachments(application)),
        "period": ScoringPeriod.objects.filter(round=application.round_id).first(),
    }


def _reading(review: Review) -> dict[str, Any]:
    own = list(review.scores.select_related("criterion"))
    return _documents(review) | {
        "scores": own,
        "others": list(queries.others(review)),
        "hide_jurors": review.application.round.hide_jurors,
        "may_declare": review.state in (S.IN_PROGRESS, S.SUBMITTED, S.LOCKED),
    }


def _sheet_form(request: HttpRequest, review: Review, *, complete: bool) -> SheetForm:
    rubric = queries.criteria(review.application.round_id)
    return SheetForm(request.POST, review=review, rubric=rubric, scores=[], complete=complete)


def _save(request: HttpRequest, review: Review) -> HttpResponse:
    complete = "draft" not in request.POST
    form = _sheet_form(request, review, complete=complete)
    if not form.is_valid():
        return render(request, SHEET, _documents(review) | {"form": form})
    act = actions.submit_sheet if complete else actions.save_draft
    try:
        act(
            review=review, answers=form.answers(), summary=form.summary(), seen_version=form.seen_version,
            by=person(request),
        )  # fmt: skip
    except LostRace as refusal:
        return conflict(request, SHEET, _documents(review) | {"form": form}, refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, SHEET, _documents(review) | {"form": form})
    if complete:
        messages.success(request, _("Your sheet is handed in."))
        return redirect("reviews:jury")
    messages.success(request, _("Draft saved."))
    return redirect("reviews:sheet", pk=review.pk)


@login_required
@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed; 204 with the new version, 409 when it was changed elsewhere, 422 when nothing was kept."""
    review = _open_sheet(request, pk)
    form = _sheet_form(request, review, complete=False)
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        saved = actions.save_draft(
            review=review, answers=form.answers(), summary=form.summary(), seen_version=form.seen_version,
            by=person(request),
        )  # fmt: skip
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused:
        return HttpResponse(status=409)
    return HttpResponse(status=204, headers={"X-Version": str(saved.version)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def late_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a conflict that came to light later; it takes the sheet out of every figure."""
    review = _open_sheet(request, pk)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _recused(request, review, form.cleaned_data["why"], person(request))
        except Refused as refusal:
            return refused(request, refusal, request.path)
    return render(request, "reviews/sheet_conflict.html", {"review": review, "form": form})


def _file(request: HttpRequest, pk: int, file_pk: int) -> Attachment:
    """Return an attachment to a juror whose documents are open."""
    review = _open_sheet(request, pk)
    if review.application.state == ApplicationState.WITHDRAWN:
        raise Http404
    return get_object_or_404(living_attachments(review.application), pk=file_pk)


@login_required
@require_safe
def file(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """Hand out an attachment."""
    return serve(_file(request, pk, file_pk))


@login_required
@require_safe
def file_preview(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """Show pictures of the pages of an attachment."""
    found = _file(request, pk, file_pk)
    download = reverse("reviews:sheet_file", args=[pk, file_pk])
    return show_preview(request, found, download=download, back=reverse("reviews:sheet", args=[pk]))
