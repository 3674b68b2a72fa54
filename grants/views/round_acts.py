"""Parts of a round with lines, and what the head of unit does with it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.forms.versioned import VersionedForm
from accounts.http import person, posted
from accounts.templatetags.miteinander import berlin_long
from grants import permissions as may
from grants.actions import round_settings as actions
from grants.bodies import sessions_to_choose
from grants.forms.office_check import ReasonForm
from grants.forms.round_calls import ExtendRoundForm
from grants.forms.round_rows import (
    BodyRows,
    CriterionRows,
    SessionsForm,
    chain_of,
    doubled_codes,
    living,
    rubric_lines,
)
from grants.models import Round
from grants.states import RoundState
from grants.steps.rounds import SESSIONS_OPEN
from grants.views.round_settings import (
    COMMITTEES_TITLE,
    EDIT,
    RUBRIC_TITLE,
    edit_context,
    editable_round,
    load_round,
    save_and_return,
)


class RowsVersion(VersionedForm):
    """The version beside rows."""

    def __init__(self, data: Any = None, *, round: Round) -> None:
        super().__init__(data, initial={"version": round.version})


def _stored(request: HttpRequest, lines: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    # A posted row that equals a stored one would count as not filled in.
    return None if request.method == "POST" else lines


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def rubric(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the criteria of a draft."""
    round_ = editable_round(request, pk)
    rows = CriterionRows(posted(request), prefix="criteria", initial=_stored(request, rubric_lines(round_)))
    lead = _("What the jury judges. The weights need not add up to 100: what counts is their share.")
    context = edit_context(round_, RUBRIC_TITLE, lead) | {"legend": _("Criterion"), "add_label": _("Add a criterion")}
    form = RowsVersion(posted(request), round=round_)
    context |= {"formset": rows, "form": form}
    if rows.wants_row():
        return render(request, EDIT, context | {"formset": rows.with_another_row()})
    if request.method != "POST" or not (form.is_valid() and rows.is_valid()):
        return render(request, EDIT, context)
    lines = living(rows)
    doubled = doubled_codes(lines)
    if doubled:
        form.add_error(None, _("These codes stand twice: %(codes)s.") % {"codes": ", ".join(doubled)})
        return render(request, EDIT, context)

    def save() -> object:
        return actions.save_rubric(round_=round_, by=person(request), seen_version=form.seen_version(), lines=lines)

    return save_and_return(request, round_, save, context, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def committees(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the chain of committees of a draft; later only the days on which the jury and they meet."""
    round_ = editable_round(request, pk)
    if round_.state not in SESSIONS_OPEN:
        return redirect("grants:office_round", round_.pk)
    planned = sessions_to_choose(round_.fund, clock.today(), round_.committee_chain)
    rows = BodyRows(
        posted(request),
        prefix="bodies",
        initial=_stored(request, round_.committee_chain),
        form_kwargs={"sessions": planned},
    )
    lead = _("The bodies in their order: all recommend, the last one decides.")
    if round_.state != RoundState.DRAFT:
        lead = _("The bodies are fixed; the days of their sessions can still be set.")
    form = SessionsForm(posted(request), round=round_)
    context = edit_context(round_, COMMITTEES_TITLE, lead)
    context |= {"formset": rows, "form": form, "legend": _("Body"), "add_label": _("Add a body")}
    if rows.wants_row():
        return render(request, EDIT, context | {"formset": rows.with_another_row()})
    if request.method != "POST" or not (form.is_valid() and rows.is_valid()):
        return render(request, EDIT, context)
    chain, by, version = chain_of(living(rows)), person(request), form.seen_version()
    jury_on = form.cleaned_data.get("jury_on")

    def save() -> object:
        if round_.state == RoundState.DRAFT:
            values = {"committee_chain": chain, "jury_on": jury_on}
            return actions.save_settings(round_=round_, by=by, seen_version=version, values=values)
        return actions.save_sessions(round_=round_, by=by, seen_version=version, sessions=chain, jury_on=jury_on)

    return save_and_return(request, round_, save, context, form)


def _led_round(request: HttpRequest, pk: int, states: tuple[str, ...]) -> Round:
    found = load_round(request, pk)
    if not may.head_of_unit(found, person(request)) or found.state not in states:
        raise Http404
    return found


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the deadline for everybody."""
    round_ = _led_round(request, pk, (RoundState.OPEN, RoundState.CLOSED))
    form = ExtendRoundForm(posted(request), round=round_)
    lead = _("Until now: %(deadline)s. The new deadline holds for everybody. All who have a draft are told by mail.")
    lead %= {"deadline": berlin_long(round_.deadline_at)}
    context = edit_context(round_, _("Extend the deadline"), lead) | {
        "form": form,
        "submit": _("Extend for everybody"),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, EDIT, context)

    def save() -> object:
        data = form.cleaned_data
        return actions.extend(round_=round_, by=person(request), deadline_at=data["deadline_at"], reason=data["reason"])

    return save_and_return(request, round_, save, context, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published round back into preparation."""
    round_ = _led_round(request, pk, (RoundState.PUBLISHED,))
    form = ReasonForm(posted(request), version=round_.version)
    lead = _("The round is no longer shown and can be changed again. Only possible before anybody has begun.")
    context = edit_context(round_, _("Take the round back"), lead) | {"form": form, "submit": _("Take back")}
    if request.method != "POST" or not form.is_valid():
        return render(request, EDIT, context)

    def save() -> object:
        return actions.unpublish(round_=round_, by=person(request), reason=form.cleaned_data["reason"])

    return save_and_return(request, round_, save, context, form)
