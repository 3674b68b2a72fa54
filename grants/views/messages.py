"""Messages between applicant and office: the applicant's page, and what both sides' pages share."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from accounts.exceptions import NotPermitted, Refused
from accounts.http import person
from accounts.models import User
from grants import filestore, thread
from grants import permissions as may
from grants.actions import messages as actions
from grants.exceptions import BadFile, SentAlready
from grants.forms.messages import MessageForm
from grants.limits import limits_of
from grants.models import Application, CaseMessage
from grants.serving import serve
from grants.states import MessageSide
from grants.uploads import NO_ROOM
from grants.views.loading import is_draft, own, page_of
from grants.views.receiving import Received, receive

# Every key of so many digits fits into a column.
_DIGITS = 18
#: Draws the page again: form, what to say above it, status.
Show = Callable[[MessageForm, str, int], HttpResponse]


def _sent_case(request: HttpRequest, pk: int) -> Application:
    found = own(request, pk)
    if is_draft(found):
        raise Http404
    return found


@csrf_exempt
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, pk: int) -> HttpResponse:
    """The applicant's thread with the office; POST sends a message. The token is checked once the body is read."""
    case, me = _sent_case(request, pk), person(request)
    writes = bool(may.applicant_edits(case, me))
    here = reverse("grants:messages", args=[pk])

    def show(form: MessageForm, refusal: str, status: int) -> HttpResponse:
        before = request.GET.get("before", "")
        context = thread_context(case, me, MessageSide.APPLICANT, form, writes=writes, before=before)
        context |= {"refusal": refusal, "back": page_of(case), "file_page": "grants:message_file"}
        return render(request, "grants/messages.html", context, status=status)

    return converse(request, case, MessageSide.APPLICANT, show=show, done=here, writes=writes)


@login_required
@require_GET
@never_cache
def message_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """A file of the thread, for the applicant."""
    return serve_file(_sent_case(request, pk), file_pk)


def serve_file(case: Application, pk: int) -> FileResponse:
    """Answer with a file of the case's messages; whoever calls has asked for permission. Raises: Http404."""
    found = thread.file_of(case, pk)
    if found is None:
        raise Http404
    return serve(found)


def thread_context(
    case: Application, reader: User, side: MessageSide, form: MessageForm, *, writes: bool, before: str = ""
) -> dict[str, Any]:
    """Return what a page of the thread shows; what the reader has now seen is no longer new.

    Args:
        case: sent.
        reader: who looks.
        side: for whom.
        form: to write with.
        writes: whether the reader may; who may not only reads.
        before: as asked for in the address: only messages before this key.
    """
    shown, more = thread.thread_of(case, int(before) if before.isdecimal() and len(before) < _DIGITS else 0)
    form.initial["last"] = shown[-1].pk if shown else 0
    if writes and any(_is_new(message, side) for message in shown):
        actions.read_thread(application=case, by=reader, side=side)
    return {
        "application": case,
        "thread": [(message, message.side == side, _is_new(message, side)) for message in shown],
        "earlier": more,
        "form": form,
        "writes": writes,
    }


def _is_new(message: CaseMessage, side: MessageSide) -> bool:
    return message.side != side and message.read_at is None


def converse(
    request: HttpRequest, case: Application, side: MessageSide, *, show: Show, done: str, writes: bool
) -> HttpResponse:
    """Show a thread, or take a message into it.

    Args:
        request: of a view that is exempt from the usual check of the token.
        case: sent; the person may read its thread.
        side: for whom the person writes.
        show: draws the page.
        done: where to go once it is sent.
        writes: whether the person may write. Raises: Http404 when a person who may not does.
    """
    limits = limits_of(case.round)
    if request.method != "POST":
        return show(MessageForm(limits=limits), "", 200)
    if not writes:
        raise Http404
    received = receive(request, limits)
    if not received.read:
        return show(MessageForm(limits=limits), received.complaint, received.status)
    return _take(request, case, side, received, show, done)


@csrf_protect
def _take(
    request: HttpRequest, case: Application, side: MessageSide, received: Received, show: Show, done: str
) -> HttpResponse:
    form = MessageForm(request.POST, request.FILES, limits=limits_of(case.round))
    if received.complaint:
        return show(form, received.complaint, received.status)
    if not form.is_valid():
        return show(form, "", 200)
    stored, complaints = _store(form.cleaned_data["papers"], case)
    if complaints:
        filestore.remove_all(file.path for file in stored)
        form.add_error("papers", complaints)
        return show(form, "", 200)
    try:
        _send(request, case, side, form, stored)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return show(form, "", 200)
    success(request, _("Your message was sent."))
    return redirect(done)


def _store(uploads: Sequence[Any], case: Application) -> tuple[list[filestore.Stored], list[str]]:
    """Put the files into the store; return them, and what is wrong with those that were not taken."""
    stored, complaints = [], []
    for upload in uploads:
        try:
            stored.append(filestore.store(upload, limits_of(case.round)))
        except BadFile as refusal:
            complaints.append(f"{upload.name}: {refusal.message}")
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            complaints.append(filestore.no_room())
    return stored, complaints


def _send(
    request: HttpRequest, case: Application, side: MessageSide, form: MessageForm, stored: list[filestore.Stored]
) -> None:
    """Send it; a second press of the same words sends nothing and leaves no file behind."""
    try:
        actions.send_message(
            application=case, by=person(request), side=side, text=form.cleaned_data["text"], seen=form.seen(),
            files=stored,
        )  # fmt: skip
    except SentAlready:
        filestore.remove_all(file.path for file in stored)
    except BaseException:
        filestore.remove_all(file.path for file in stored)
        raise
