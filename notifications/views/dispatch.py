"""The mail room: letters to post, one or many; letters that came back; addresses for labels."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit, clock
from accounts.context import NavItem
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted, refused
from accounts.models import User
from accounts.permissions import fund_ids
from accounts.queries import history_lines
from accounts.states import Role
from notifications import files, pdf, queries
from notifications.actions import letters as actions
from notifications.forms import PostForm, ReturnForm
from notifications.models import Letter
from notifications.states import LetterState

PAGE = 60
MOST_AT_ONCE = 200


def _clerk(request: HttpRequest) -> User:
    user = person(request)
    if fund_ids(user, Role.MAIL_ROOM) == set():
        raise Http404
    return user


def _reader(request: HttpRequest) -> User:
    """Return who does the post, or an auditor, who finds nothing to press."""
    user = person(request)
    if fund_ids(user, Role.MAIL_ROOM, Role.AUDITOR) == set():
        raise Http404
    return user


def address_of(letter: Letter) -> tuple[str, ...]:
    """Return the lines of the envelope: as frozen in the letter, or as found out after it came back."""
    if letter.envelope:
        return tuple(letter.envelope.splitlines())
    return pdf.load_data(letter.kind, letter.document.data).recipient.lines()


@login_required
@require_GET
def dispatch_list(request: HttpRequest) -> HttpResponse:
    """Show the letters to post, or those on their way."""
    user = _reader(request)
    away = request.GET.get("show") == "away"
    letters = queries.dispatch(user)
    shown = letters.filter(queries.AWAY if away else queries.TO_POST)
    page = Paginator(shown.order_by("released_at", "pk"), PAGE).get_page(request.GET.get("page"))
    address = reverse("notifications:dispatch")
    tabs = [
        NavItem(_("To post"), address, not away, letters.filter(queries.TO_POST).count()),
        NavItem(_("Posted"), f"{address}?show=away", away),
    ]
    context = {"page_obj": page, "away": away, "tabs": tabs, "posts": _posts(user)}
    return render(request, "notifications/dispatch_list.html", context)


def _posts(user: User) -> bool:
    return fund_ids(user, Role.MAIL_ROOM) != set()


def _letter_shown(request: HttpRequest, pk: int) -> Letter:
    return get_object_or_404(queries.dispatch(_reader(request)).filter(queries.TO_POST | queries.AWAY), pk=pk)


def _letter(user: User, pk: int) -> Letter:
    return get_object_or_404(queries.mail_room(user).filter(queries.TO_POST | queries.AWAY), pk=pk)


def _context_of(letter: Letter, **more: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "letter": letter,
        "address": address_of(letter),
        "can_post": letter.state in queries.POSTABLE and letter.has_address(),
        "address_open": not letter.has_address(),
        "can_return": letter.state in queries.RETURNABLE and letter.posted_on is not None,
        "post_form": PostForm(initial={"posted_on": today}),
        "return_form": ReturnForm(initial={"returned_on": today}, announced=_counts(letter)),
        "counts": _counts(letter),
        "entries": history_lines(audit.history(letter)),
    } | more


def _counts(letter: Letter) -> bool:
    """Tell whether the letter has taken its effect, so that a return takes something back."""
    return bool(letter.state == LetterState.ANNOUNCED)


@login_required
@require_GET
def dispatch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one letter with its address and the form for what happened to it."""
    letter = _letter_shown(request, pk)
    reads = {} if _posts(person(request)) else {"can_post": False, "can_return": False, "reads": True}
    return render(request, "notifications/dispatch_detail.html", _context_of(letter, **reads))


@login_required
@require_GET
def dispatch_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the letter to be printed."""
    letter = _letter_shown(request, pk)
    try:
        return files.serve(letter.document, name=f"{letter.number}.pdf")
    except Refused as refusal:
        return refused(request, refusal, reverse("notifications:dispatch_letter", args=[pk]))


@login_required
@require_POST
def dispatch_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that one letter was given to the post."""
    user = _clerk(request)
    letter = _letter(user, pk)
    form = PostForm(request.POST)
    return _record(request, letter, form, "post_form", lambda: _post(request, letter, form, user))


@login_required
@require_POST
def dispatch_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that one letter came back."""
    user = _clerk(request)
    letter = _letter(user, pk)
    form = ReturnForm(request.POST, announced=_counts(letter))
    return _record(request, letter, form, "return_form", lambda: _return(request, letter, form, user))


def _post(request: HttpRequest, letter: Letter, form: PostForm, user: User) -> str:
    seen = _version(request.POST.get("version", ""))
    actions.post(letters=[(letter, seen)], by=user, posted_on=form.cleaned_data["posted_on"])
    return _("Recorded: letter %(number)s was given to the post.") % {"number": letter.number}


def _return(request: HttpRequest, letter: Letter, form: ReturnForm, user: User) -> str:
    if _version(request.POST.get("version", "")) != letter.version:
        raise LostRace
    actions.return_letter(letter=letter, by=user, returned_on=form.cleaned_data["returned_on"])
    return _("Recorded: letter %(number)s came back. The case officer has to find the address.") % {
        "number": letter.number
    }


def _record(request: HttpRequest, letter: Letter, form: Any, name: str, act: Any) -> HttpResponse:
    template = "notifications/dispatch_detail.html"
    if form.is_valid():
        try:
            messages.success(request, act())
            return redirect("notifications:dispatch")
        except LostRace as refusal:
            context = _context_of(Letter.objects.get(pk=letter.pk), form=form, **{name: form})
            return conflict(request, template, context, refusal)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error(next(iter(form.fields)), str(refusal.message))
    return render(request, template, _context_of(letter, form=form, **{name: form}))


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _chosen(letters: QuerySet[Letter], picks: list[str]) -> list[tuple[Letter, int]]:
    """Return the picked letters (``id`` or ``id:version``) with the version that was seen."""
    seen: dict[int, int] = {}
    for pick in picks[:MOST_AT_ONCE]:
        pk, _colon, version = pick.partition(":")
        if pk.isascii() and pk.isdecimal() and len(pk) < 19:
            seen[int(pk)] = _version(version)
    found = letters.filter(pk__in=seen).order_by("released_at", "pk")
    return [(letter, seen[letter.pk]) for letter in found]


@login_required
@require_http_methods(["GET", "POST"])
def dispatch_many(request: HttpRequest) -> HttpResponse:
    """Show the picked letters with their addresses, and record one day for all of them."""
    user = _clerk(request)
    picks = (request.POST if request.method == "POST" else request.GET).getlist("letter")
    chosen = _chosen(queries.mail_room(user).filter(queries.TO_POST), picks)
    if not chosen:
        messages.info(request, _("Tick the letters first that were given to the post."))
        return redirect("notifications:dispatch")
    form = PostForm(posted(request), initial={"posted_on": clock.today()})
    context: dict[str, Any] = {
        "form": form,
        "letters": [(letter, address_of(letter)) for letter, _seen in chosen],
    }
    template = "notifications/dispatch_many.html"
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.post(letters=chosen, by=user, posted_on=form.cleaned_data["posted_on"])
            messages.success(request, _("Recorded: %(count)s letters were posted.") % {"count": len(done)})
            return redirect("notifications:dispatch")
        except LostRace as refusal:
            return conflict(request, template, context, refusal)
        except Refused as refusal:
            if isinstance(refusal, NotPermitted):
                raise Http404 from refusal
            form.add_error("posted_on", str(refusal.message))
    return render(request, template, context)


@login_required
@require_GET
def dispatch_labels(request: HttpRequest) -> HttpResponse:
    """Hand out the addresses of all letters to post, as plain text for labels."""
    letters = queries.mail_room(_clerk(request)).filter(queries.TO_POST)
    blocks = ["\n".join(address_of(letter)) for letter in letters.order_by("released_at", "pk")[:1000]]
    response = HttpResponse("\n\n".join(blocks) + "\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="labels.txt"'
    response["Cache-Control"] = "private, no-store"
    return response
