"""The office's side of the messages with an applicant: a part of the case page."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import person
from accounts.models import User
from grants import permissions as grants_may
from grants.forms.messages import MessageForm
from grants.models import Application
from grants.states import MessageSide
from grants.views.messages import converse, serve_file, thread_context
from reviews.views.case import frame, load_case, parts_for

_PART = "messages"


def _readable_case(who: User, pk: int) -> tuple[Application, list[str]]:
    application = load_case(who, pk)
    parts = parts_for(application, who)
    if _PART not in parts:
        raise Http404
    return application, parts


@csrf_exempt
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def case_messages(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread with the applicant; POST answers. The token is checked once the body is read."""
    who = person(request)
    application, parts = _readable_case(who, pk)
    writes = bool(grants_may.answers_applicant(application, who))

    def show(form: MessageForm, refusal: str, status: int) -> HttpResponse:
        before = request.GET.get("before", "")
        context = thread_context(application, who, MessageSide.OFFICE, form, writes=writes, before=before)
        context |= frame(application, who, _PART, parts)
        context |= {"refusal": refusal, "file_page": "reviews:case_message_file"}
        return render(request, "reviews/case.html", context, status=status)

    here = reverse("reviews:case_messages", args=[pk])
    return converse(request, application, MessageSide.OFFICE, show=show, done=here, writes=writes)


@login_required
@require_GET
@never_cache
def case_message_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse | FileResponse:
    """A file of the thread, for the office."""
    application, _parts = _readable_case(person(request), pk)
    return serve_file(application, file_pk)
