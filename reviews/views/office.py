"""The coordinator's pages of a round: overview, seats, federations, assignment, scoring, paper."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted, refused
from accounts.models import AffiliationGroup, Fund, Organisation
from accounts.permissions import fund_ids, own_organisations
from accounts.states import Role
from grants.models import Application, Round
from grants.queries import NOT_SENT
from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.actions import committee as committee_actions
from reviews.actions import jury as actions
from reviews.exceptions import DayOutOfPlace
from reviews.forms.office import AppointForm, AssignForm, CloseForm, GroupForm, PaperForm, StartForm
from reviews.forms.sheets import WhyForm
from reviews.models import Juror, ScoringPeriod
from reviews.queries import committee as committee_queries
from reviews.queries import overview, seats
from reviews.queries import sheets as sheet_queries
from reviews.queries.ranking import paper_preview
from reviews.steps.jury import IN_CHECK
from reviews.views.common import coordinates, follows, load_round, may_follow_any, tabs

GET_POST = ["GET", "HEAD", "POST"]


def _not_own(cases: QuerySet[Application], request: HttpRequest) -> QuerySet[Application]:
    """Leave out the cases of the person's own organisations: no part in them, in any role."""
    return cases.exclude(organisation__in=own_organisations(person(request))).select_related("round", "organisation")


@login_required
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """List the rounds of the person's funds with their state, newest first."""
    found = Paginator(seats.rounds_followed(person(request)).order_by("-opens_at", "pk"), 50)
    if not may_follow_any(person(request)):
        raise Http404
    page = found.get_page(request.GET.get("page"))
    return render(request, "reviews/round_list.html", {"page_obj": page})


@login_required
@require_safe
def round_overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where the round stands, how many cases are in which state, and the next step."""
    round_ = load_round(request, pk, follows)
    context = {
        "round": round_,
        "tabs": tabs(request, round_),
        "counts": overview.counts(round_),
        "next_step": overview.next_step(round_, person(request)),
        "period": ScoringPeriod.objects.filter(round=round_).first(),
        "papers": list(committee_queries.papers(round_)),
    }
    return render(request, "reviews/round_overview.html", context)


@login_required
@require_http_methods(GET_POST)
def jurors(request: HttpRequest, pk: int) -> HttpResponse:
    """List the seats and appoint people."""
    round_ = load_round(request, pk, coordinates)
    form = AppointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.user:
        try:
            actions.appoint_juror(round=round_, user=form.user, by=person(request), **form.seat_flags())
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The seat is given."))
            return redirect("reviews:jurors", pk=pk)
    progress = sheet_queries.progress_of_jurors(round_)
    context = {"round": round_, "tabs": tabs(request, round_), "form": form, "progress": progress}
    return render(request, "reviews/jury_seats.html", context)


@login_required
@require_http_methods(GET_POST)
def end_seat(request: HttpRequest, pk: int, juror_pk: int) -> HttpResponse:
    """End a seat after asking for the reason."""
    round_ = load_round(request, pk, coordinates)
    juror = get_object_or_404(Juror.objects.filter(round=round_, ended_at__isnull=True), pk=juror_pk)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_seat(juror=juror, by=person(request), reason=form.cleaned_data["why"])
        except Refused as refusal:
            return refused(request, refusal, request.path)
        messages.success(request, _("The seat has ended."))
        return redirect("reviews:jurors", pk=pk)
    return render(request, "reviews/jury_end.html", {"round": round_, "juror": juror, "form": form})


@login_required
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """List the federations of the funds that the person coordinates."""
    found = seats.affiliation_groups(person(request)).prefetch_related("organisations", "people")
    _funds(request)
    return render(request, "reviews/group_list.html", {"groups": found})


def _funds(request: HttpRequest) -> QuerySet[Fund]:
    ids = fund_ids(person(request), Role.COORDINATOR)
    funds = Fund.objects.filter(pk__in=ids or ())
    if not funds:
        raise Http404
    return funds


@login_required
@require_http_methods(GET_POST)
def group(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a federation."""
    funds = _funds(request)
    known = get_object_or_404(seats.affiliation_groups(person(request)), pk=pk) if pk else None
    # Who has only begun a draft is nobody's business yet.
    sent = Application.objects.filter(fund__in=funds).exclude(state__in=NOT_SENT)
    known_ids = known.organisations.values("pk") if known else Organisation.objects.none()
    organisations = Organisation.objects.filter(Q(pk__in=sent.values("organisation")) | Q(pk__in=known_ids))
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, funds=funds, organisations=organisations, group=known)
    if request.method == "POST" and form.is_valid():
        try:
            return _save_group(request, known, form)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except LostRace as refusal:
            if known is not None:
                known.refresh_from_db()
                form.show_version(known.version)
            context = {"form": form, "group": known, "stored": known}
            return conflict(request, "reviews/group_form.html", context, refusal)
    return render(request, "reviews/group_form.html", {"form": form, "group": known})


def _save_group(request: HttpRequest, known: AffiliationGroup | None, form: GroupForm) -> HttpResponse:
    data = form.cleaned_data
    actions.save_group(
        fund=data["fund"], group=known, name=data["name"], organisations=data["organisations"],
        people=data["people"], by=person(request), seen_version=form.seen_version(),
    )  # fmt: skip
    messages.success(request, _("Saved. Open sheets were checked again for conflicts of interest."))
    return redirect("reviews:groups")


@login_required
@require_http_methods(GET_POST)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign cases to jurors: a preview with conflicts, then one press."""
    round_ = load_round(request, pk, coordinates)
    waiting = Application.objects.filter(round=round_, state__in=[A.ELIGIBLE, A.IN_REVIEW]).order_by("case_number")
    cases, living = _not_own(waiting, request), seats.seats(round_)
    preview = overview.assignment(round_, list(cases), list(living))
    chosen = [line.application.pk for line in preview if line.application.state == A.ELIGIBLE and line.enough]
    form = AssignForm(request.POST if request.method == "POST" else None, cases=cases, seats=living, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            count = actions.assign_jury(
                applications=list(data["applications"]), jurors=list(data["jurors"]), by=person(request)
            )
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("%(count)s applications were assigned.") % {"count": count})
            return redirect("reviews:scoring", pk=pk)
    context = {"round": round_, "tabs": tabs(request, round_), "form": form, "preview": preview}
    return render(request, "reviews/jury_assign.html", context)


@login_required
@require_http_methods(GET_POST)
def scoring(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the scoring, follow its progress, close it."""
    round_ = load_round(request, pk, coordinates)
    cases = list(_not_own(sheet_queries.cases_in_scoring(round_), request))
    starts = round_.state == RoundState.CLOSED
    form = _start_form(request, round_) if starts else _close_form(request, round_, cases)
    if request.method == "POST" and form.is_valid():
        try:
            return _scoring_step(request, round_, form)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    context = {
        "round": round_,
        "tabs": tabs(request, round_),
        "form": form,
        "starts": starts,
        "cases": cases,
        "progress": sheet_queries.progress_of_jurors(round_),
        "waiting": len([c for c in cases if c.state == A.IN_REVIEW]),
    }
    return render(request, "reviews/jury_scoring.html", context)


def _start_form(request: HttpRequest, round_: Round) -> StartForm:
    late = Application.objects.filter(round=round_, state__in=IN_CHECK)
    return StartForm(request.POST if request.method == "POST" else None, cases=late)


def _close_form(request: HttpRequest, round_: Round, cases: list[Any]) -> CloseForm:
    """Choose among the cases that the page shows anyway."""
    waiting = [case for case in cases if case.state == A.IN_REVIEW]
    return CloseForm(
        request.POST if request.method == "POST" else None,
        cases=_not_own(Application.objects.filter(round=round_, state=A.IN_REVIEW), request).order_by("case_number"),
        waiting=waiting,
        ready=[case.pk for case in waiting if case.handed_in >= round_.min_reviews],
    )


def _scoring_step(request: HttpRequest, round_: Round, form: StartForm | CloseForm) -> HttpResponse:
    by = person(request)
    if isinstance(form, StartForm):
        due = form.cleaned_data["due_date"]
        actions.start_scoring(round=round_, due_date=due, stragglers=form.straggler_ids(), by=by)
        messages.success(request, _("Scoring has begun. The jurors are told by e-mail."))
    else:
        count = actions.close_scoring(applications=list(form.cleaned_data["applications"]), by=by)
        messages.success(request, _("Scoring is closed for %(count)s applications.") % {"count": count})
    return redirect("reviews:scoring", pk=round_.pk)


@login_required
@require_http_methods(GET_POST)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview the list with its sum against the money, then hand it in as a whole."""
    round_ = load_round(request, pk, coordinates)
    preview = paper_preview(round_)
    form = PaperForm(posted(request), round=round_, today=clock.today(), seal=preview.seal)
    context: dict[str, Any] = {
        "round": round_,
        "tabs": tabs(request, round_),
        "form": form,
        "preview": preview,
        "before": committee_queries.before_vote(round_).count(),
    }
    if request.method == "POST" and form.is_valid():
        try:
            return _hand_in(request, round_, form)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except LostRace as refusal:
            form.show(preview.seal)
            return conflict(request, "reviews/paper_form.html", context, refusal)
        except DayOutOfPlace as refusal:
            form.add_error("paper_date", str(refusal.message))
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return render(request, "reviews/paper_form.html", context)


def _hand_in(request: HttpRequest, round_: Round, form: PaperForm) -> HttpResponse:
    data = form.cleaned_data
    made = committee_actions.make_paper(
        round=round_, number=data["number"], title=data["title"], paper_date=data["paper_date"], seen=data["seen"],
        by=person(request),
    )  # fmt: skip
    messages.success(request, _("The list is handed in and its money is reserved."))
    return redirect("reviews:paper_read", pk=made.pk)


@login_required
@require_safe
def paper_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a committee paper as it was handed in."""
    made = committee_queries.paper(pk)
    if made is None:
        raise Http404
    round_ = load_round(request, made.round_id, follows)
    items = committee_queries.items(made, hidden=own_organisations(person(request)))
    context = {"round": round_, "paper": made, "items": items, "sum": sum(i.reserved_cents for i in items)}
    return render(request, "reviews/paper_read.html", context)
