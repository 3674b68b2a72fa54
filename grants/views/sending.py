from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.exceptions import Busy, LostRace, Refused
from accounts.http import WAITED, person, refused
from grants import actions, applicant_view, arrival, changes, queries, receipts, rules
from grants import permissions as may
from grants.exceptions import AlreadySent, Changed, Incomplete
from grants.models import Application
from grants.rules import Problem
from grants.sections import FIELDS, Section, expand
from grants.snapshots import snapshot
from grants.states import ApplicationState
from grants.views.loading import is_draft, page_of, seen_version, visible
from grants.views.places import checking, problem_href
from grants.views.tasklist import address_of
from notifications.dates import deadline_includes
from notifications.pdf.data import PlanTable, Row


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything on one page before it is sent (VwVfG § 3a (5)), with what is still missing; POST sends."""
    if request.method == "POST":
        return _submit(request, pk)
    application = visible(request, pk)
    if not is_draft(application):
        return redirect(page_of(application))
    if application.on_behalf:
        return redirect("grants:office_recorded", application.pk)
    return _review(request, application)


def _review(request: HttpRequest, application: Application, refusal: str = "", status: int = 200) -> HttpResponse:
    now, round_ = clock.now(), application.round
    may_edit = queries.may_edit(application, person(request))
    context = {
        "application": application,
        "problems": [(problem, checking(problem_href(application, problem))) for problem in _problems(application)],
        "sections": _parts(application, may_edit=may_edit),
        "edit_files": checking(address_of(application, Section.FILES)),
        "may_edit": may_edit,
        "files": queries.files_of(application),
        "may_bind": may.applicant_binds(application, person(request)),
        "takes": round_.state in queries.INTAKE,
        "late": not deadline_includes(round_.deadline_at, now),
        "now": now,
        "refusal": refusal,
    }
    return render(request, "grants/application_review.html", context, status=status)


@dataclass(frozen=True)
class Reviewed:
    """One step as it will be sent, and where it is changed; nowhere for who only reads."""

    title: str
    rows: tuple[Row, ...]
    tables: tuple[PlanTable, ...]
    edit: str


def _parts(application: Application, *, may_edit: bool) -> list[Reviewed]:
    pages = [section for section in Section if section != Section.FILES]
    return [
        Reviewed(part.title, part.rows, part.tables, checking(address_of(application, page)) if may_edit else "")
        for page, part in zip(pages, receipts.sections(snapshot(application)), strict=True)
    ]


def _problems(application: Application) -> list[Problem]:
    return rules.check(queries.load_draft(application))


def _submit(request: HttpRequest, pk: int) -> HttpResponse:
    application = visible(request, pk)
    arrived_at = _arrival(request, application)
    try:
        actions.submit(
            application=application, by=person(request), seen_version=seen_version(request), arrived_at=arrived_at
        )
    except (OperationalError, Busy):
        return _busy(request, application, arrived_at)
    except AlreadySent:
        pass
    except Incomplete as refusal:
        return _review(request, application, str(refusal.message))
    except Changed as refusal:
        return _review(request, visible(request, pk), str(refusal.message), status=409)
    except Refused as refusal:
        return refused(request, refusal, page_of(application))
    return redirect("grants:receipt", application.pk)


def _arrival(request: HttpRequest, application: Application) -> datetime:
    """When the application reached us: when its request did, or a first try that was answered with "busy"."""
    token, version = request.POST.get(arrival.FIELD, ""), seen_version(request)
    first = arrival.kept(token, application=application.pk, version=version)
    return first or clock.now() - timedelta(seconds=request.META.get(WAITED, 0))


def _busy(request: HttpRequest, application: Application, arrived_at: datetime) -> HttpResponse:
    """Too much at once: ask to press again, and keep the moment of arrival for a quarter of an hour."""
    version = seen_version(request)
    token = arrival.keep(application=application.pk, version=version, at=arrived_at)
    context = {"application": application, "arrival": token, "version": version}
    answer = render(request, "grants/application_busy.html", context, status=503)
    answer["Retry-After"] = "5"
    return answer


@login_required
@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What was received when, and what comes next."""
    application = visible(request, pk)
    if application.submitted_at is None:
        raise Http404
    context = {
        "application": application,
        "copy": queries.receipt_copy(application),
        "sessions": applicant_view.sessions(application.round),
        "timeline": applicant_view.timeline(application, announced=False),
    }
    return render(request, "grants/application_receipt.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then throw a draft away."""
    application = visible(request, pk)
    if not is_draft(application) or not queries.may_edit(application, person(request)):
        raise Http404
    if request.method == "POST":
        try:
            actions.discard(application=application, by=person(request))
        except Refused as refusal:
            return refused(request, refusal, page_of(application))
        success(request, _("The draft was deleted."))
        return redirect("grants:office_record" if application.on_behalf else "grants:applications")
    return render(request, "grants/application_discard.html", {"application": application})


@login_required
@require_http_methods(["GET", "POST"])
def resubmit(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more at what the office asked for, then hand it in."""
    application = visible(request, pk)
    asked = queries.open_request(application)
    if asked is None or application.state != ApplicationState.RETURNED:
        raise Http404
    if not may.applicant_edits(application, person(request)):
        raise Http404
    fields = expand(asked.fields)
    problems = rules.check_open(queries.load_draft(application), fields)
    context = {
        "asked": asked,
        "due_date": asked.due_date,
        "open_pages": open_pages(application, fields),
        "problems": [(problem, problem_href(application, problem)) for problem in problems],
    }
    return _hand_in(request, application, actions.resubmit, context)


def open_pages(application: Application, fields: Collection[str]) -> list[tuple[str, str]]:
    """Return label and address of each page on which one of the fields stands."""
    found = []
    for section in Section:
        if not set(FIELDS[section]).isdisjoint(fields):
            name = "grants:files" if section == Section.FILES else "grants:section"
            args = [application.pk] if section == Section.FILES else [application.pk, section.value]
            found.append((str(section.label), reverse(name, args=args)))
    return found


@login_required
@require_http_methods(["GET", "POST"])
def send_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more at the revised plan, then hand it in."""
    application = visible(request, pk)
    if application.state != ApplicationState.PLAN_REVISION or not queries.may_edit(application, person(request)):
        raise Http404
    problems = rules.check_plan(queries.load_draft(application))
    links = [(problem, problem_href(application, problem)) for problem in problems]
    context = {"revises": True, "problems": links, "due_date": application.due_date}
    return _hand_in(request, application, actions.submit_plan, context)


def _hand_in(request: HttpRequest, application: Application, action: Any, context: dict[str, Any]) -> HttpResponse:
    template = "grants/application_hand_in.html"
    sent, now = application.versions.last(), snapshot(application)
    context |= {
        "application": application,
        "changes": changes.since(sent.data if sent else now, now),
        "files": queries.files_of(application),
    }
    if request.method != "POST":
        return render(request, template, context)
    try:
        action(application=application, by=person(request), seen_version=seen_version(request))
    except Incomplete as refusal:
        return render(request, template, context | {"refusal": refusal.message})
    except LostRace as refusal:
        return render(request, template, context | {"refusal": refusal.message}, status=409)
    except Refused as refusal:
        return refused(request, refusal, page_of(application))
    success(request, _("Thank you. We have received it."))
    return redirect(page_of(application))
