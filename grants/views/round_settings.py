"""Rounds of the office: the list, a new one, and the settings card by card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted
from accounts.models import Fund
from accounts.permissions import fund_ids
from grants import office, round_words
from grants import permissions as may
from grants.actions import round_settings as actions
from grants.forms.round_calls import CreateRoundForm
from grants.forms.round_card import CardForm
from grants.forms.round_cards import CARDS
from grants.models import Round
from grants.permissions import ROUND_READERS
from grants.round_effects import Outlook, outlook
from grants.states import TAKES_LISTS, UNSENT, ApplicationState, RoundState
from grants.steps.rounds import SESSIONS_OPEN, whole
from grants.views.calls import context_of

EDIT = "grants/round_edit.html"


@dataclass(frozen=True)
class Card:
    """A card of the settings: its sentences, and where it is changed, if the person may."""

    code: str
    title: str | Promise
    sentences: list[str]
    href: str


RUBRIC_TITLE: Final = gettext_lazy("Criteria of the jury")
COMMITTEES_TITLE: Final = gettext_lazy("Committees")
_TITLES: Mapping[str, str | Promise] = {
    **{code: card.title for code, card in CARDS.items()},
    "rubric": RUBRIC_TITLE,
    "committees": COMMITTEES_TITLE,
}


def load_round(request: HttpRequest, pk: int) -> Round:
    """Return a round of the person's funds, else 404."""
    return get_object_or_404(office.rounds_of(person(request)).select_related("fund"), pk=pk)


def editable_round(request: HttpRequest, pk: int) -> Round:
    """Return a round whose settings the person may write, else 404."""
    found = load_round(request, pk)
    if not may.round_editor(found, person(request)):
        raise Http404
    return found


@login_required
@never_cache
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """List the rounds of the person's funds, newest first."""
    who = person(request)
    if fund_ids(who, *ROUND_READERS) == set():
        raise Http404
    unsent = Q(applications__state__in=UNSENT)
    found = (
        office.rounds_of(who)
        .select_related("fund")
        .annotate(
            drafts=Count("applications", filter=Q(applications__state=ApplicationState.DRAFT)),
            received=Count("applications", filter=~unsent & Q(applications__isnull=False)),
        )
        .order_by("-opens_at", "-pk")[:200]
    )
    return render(request, "grants/round_list.html", {"rounds": list(found), "may_create": _funds(request).exists()})


def _funds(request: HttpRequest) -> Any:
    held = fund_ids(person(request), *may.ROUND_EDITORS)
    return Fund.objects.all() if held is None else Fund.objects.filter(pk__in=held)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Make a new round as a copy of the fund's last one."""
    funds = _funds(request)
    if not funds.exists():
        raise Http404
    form = CreateRoundForm(posted(request), funds=funds, year=clock.today().year + 1)
    if request.method == "POST" and form.is_valid():
        names = ("fund", "name", "budget_year", "opens_at", "deadline_at")
        made = actions.create_round(by=person(request), **{name: form.cleaned_data[name] for name in names})
        success(request, _("The round was made as a draft. Look through its cards, then publish it."))
        return redirect("grants:office_round", made.pk)
    return render(request, "grants/round_create.html", {"form": form, "back": reverse("grants:office_rounds")})


@login_required
@never_cache
@require_safe
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all settings as sentences, with the way to change each card while it is a draft."""
    round_, who = load_round(request, pk), person(request)
    writes = may.round_editor(round_, who)
    leads = may.head_of_unit(round_, who)
    context = {
        "round": round_,
        "cards": [_card(round_, code, writes) for code in round_words.WORDS],
        "is_draft": round_.state == RoundState.DRAFT,
        "may_copy": writes,
        "may_publish": leads and round_.state == RoundState.DRAFT,
        "may_unpublish": leads and round_.state == RoundState.PUBLISHED,
        "may_import": writes and round_.state in TAKES_LISTS,
        "may_extend": leads and round_.state in (RoundState.OPEN, RoundState.CLOSED),
    }
    return render(request, "grants/round_settings.html", context)


def _card(round_: Round, code: str, writes: bool) -> Card:
    states = SESSIONS_OPEN if code == "committees" else [RoundState.DRAFT]
    open_now = writes and round_.state in states
    href = reverse("grants:office_round_card", args=[round_.pk, code]) if open_now else ""
    return Card(code, _TITLES[code], round_words.WORDS[code](round_), href)


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the round's public page as applicants will see it."""
    return render(request, "grants/call_detail.html", context_of(load_round(request, pk)))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Change one card of a draft."""
    if code not in CARDS:
        raise Http404
    round_ = editable_round(request, pk)
    form = CARDS[code](posted(request), round=round_)
    context = edit_context(round_, form.title, form.lead) | {"form": form, "may_try": True}
    if request.method != "POST":
        return render(request, EDIT, context)
    valid, is_draft = form.is_valid(), round_.state == RoundState.DRAFT
    if not valid and is_draft:
        return render(request, EDIT, context)
    values = form.values() if valid else {}
    ahead = _ahead(request, round_, form, values) if is_draft else None
    if ahead is not None:
        return render(request, EDIT, context | {"outlook": ahead})

    def save() -> object:
        return actions.save_settings(round_=round_, by=person(request), seen_version=form.seen_version(), values=values)

    return save_and_return(request, round_, save, context, form)


def _ahead(request: HttpRequest, round_: Round, form: CardForm, values: Mapping[str, Any]) -> Outlook | None:
    """Return what a change would do, when the person asks, or has not seen yet that it hits drafts."""
    asked = "try" in request.POST
    if not asked and not round_.applications.filter(state=ApplicationState.DRAFT).exists():
        return None
    ahead = outlook(round_, whole(round_, values))
    if not asked and (not ahead.hits_drafts or form.cleaned_data["seen"] == ahead.token):
        return None
    form.show_seen(ahead.token)
    return ahead


def edit_context(round_: Round, title: str | Promise, lead: str | Promise) -> dict[str, Any]:
    """Return what every page that changes a round shows around its form."""
    here = reverse("grants:office_round", args=[round_.pk])
    crumbs = [(_("Rounds"), reverse("grants:office_rounds")), (round_.name, here), (title, "")]
    return {"round": round_, "title": title, "lead": lead, "back": here, "crumbs": crumbs}


def save_and_return(
    request: HttpRequest, round_: Round, save: Callable[[], object], context: dict[str, Any], form: Any
) -> HttpResponse:
    """Do it and go back to the settings; a refusal is shown with everything typed."""
    try:
        save()
    except LostRace as refusal:
        round_.refresh_from_db()
        form.show_version(round_.version)
        return conflict(request, EDIT, context, refusal)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, EDIT, context)
    success(request, _("Saved."))
    return redirect("grants:office_round", round_.pk)
