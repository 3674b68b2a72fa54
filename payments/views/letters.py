"""The office's letters: the list, each letter as it will be read, and what each person does with it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit, clock
from accounts.exceptions import Refused
from accounts.http import person, refused
from accounts.models import User
from accounts.queries import history_lines
from notifications import files, pdf
from notifications.models import Letter
from notifications.permissions import head_of_unit
from notifications.states import LetterState
from payments import queries
from payments.exceptions import SignerReleases
from payments.forms.letters import LetterFilterForm
from payments.states import RECALL
from payments.views import letter_acts
from payments.views.acting import act_on

PAGE_SIZE = 25
# Letters that were opened in this session, with the hash that was shown: id → hash.
OPENED = "opened_letters"


@login_required
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """List the letters of my funds, those that wait for my signature first."""
    who = person(request)
    visible = queries.letters_for(who)
    if not queries.handles_letters(who):
        raise Http404
    rounds = list(queries.rounds_with_letters(who))
    form = LetterFilterForm(request.GET, rounds=rounds)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = queries.filtered_letters(
        visible, who, state=chosen.get("state", ""), round_id=chosen.get("round", ""), kind=chosen.get("kind", "")
    )
    # Only the numbers of all letters are sorted; what a page shows is read for its own lines.
    page = Paginator(rows.values_list("pk", flat=True), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = queries.letter_counts(visible, who)
    today = clock.today()
    context = {
        "filter_form": form,
        "page_obj": page,
        "rows": [(letter, letter_acts.next_step(letter, today)) for letter in rows.filter(pk__in=list(page))],
        "counts": counts,
        "to_sign": sum(figure.mine for figure in counts if figure.state == LetterState.APPROVED),
        "rounds": [round_ for round_ in rounds if round_.signed and head_of_unit(round_, who)],
    }
    return render(request, "payments/letters_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_office(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one letter as it will be read, and the next step of this person."""
    who = person(request)
    letter = get_object_or_404(queries.letters_for(who), pk=pk)
    if request.method != "POST":
        _remember(request, letter, who)
    return act_on(
        request,
        letter,
        letter_acts.acts_for(letter, who),
        known=letter_acts.STEPS,
        template="payments/letter_office.html",
        context=lambda: _letter_context(letter, who),
        back=reverse("payments:letter_office", args=[pk]),
    )


def _remember(request: HttpRequest, letter: Letter, who: User) -> None:
    if letter.signatory_id == who.pk and letter.document.sha256:
        opened = request.session.get(OPENED, {})
        request.session[OPENED] = {**opened, str(letter.pk): letter.document.sha256}


def _letter_context(letter: Letter, who: User) -> dict[str, Any]:
    return {
        "letter": letter,
        "case": letter.case,
        "twin": pdf.html_twin(letter.kind, letter.document.data),
        "next_step": letter_acts.next_step(letter, clock.today()),
        "proposal": audit.open_proposal(RECALL, letter),
        "why_not": letter_acts.why_not(letter, who),
        "history": history_lines(audit.history(letter)),
    }


@login_required
@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the PDF to the office."""
    letter = get_object_or_404(queries.letters_for(person(request)), pk=pk)
    return serve_letter(request, letter, back=reverse("payments:letter_office", args=[pk]))


def serve_letter(request: HttpRequest, letter: Letter, *, back: str) -> HttpResponseBase:
    """Answer with the PDF of a letter the person may read; 404 while it is not rendered."""
    if not letter.document.sha256:
        raise Http404
    try:
        return files.serve(letter.document, name=f"{letter.number}.pdf")
    except Refused as refusal:
        return refused(request, refusal, back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview and release all signed letters of a round together."""
    who = person(request)
    round_ = get_object_or_404(queries.rounds_of_head(who), pk=pk)
    signed = queries.signed_letters(round_)
    own = any(case.letter.signed_by_id == who.pk for case in signed)
    acts = [] if own else [letter_acts.release_all(round_, who)]
    return act_on(
        request,
        round_,
        acts,
        known=frozenset({"release_all"}),
        template="payments/letters_release.html",
        context=lambda: {
            "round": round_,
            "signed": signed,
            "own": SignerReleases.message if own else "",
            "missing": queries.cases_without_letter(round_).select_related("organisation"),
        },
        back=reverse("payments:letters"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters_sign(request: HttpRequest) -> HttpResponse:
    """Sign those letters together that were opened in this session, each in a transaction of its own."""
    who = person(request)
    waiting = list(queries.letters_to_sign(who).select_related("case__application__organisation", "document"))
    if not waiting and not queries.signs_letters(who):
        raise Http404
    opened: dict[str, str] = request.session.get(OPENED, {})
    ready = [letter for letter in waiting if opened.get(str(letter.pk)) == letter.document.sha256]
    if request.method == "POST":
        chosen = set(request.POST.getlist("letter"))
        letter_acts.sign_each(request, [letter for letter in ready if str(letter.pk) in chosen], who, opened)
        return redirect("payments:letters_sign")
    context = {"ready": ready, "unread": [letter for letter in waiting if letter not in ready], "title": _("Sign")}
    return render(request, "payments/letters_sign.html", context)
