"""Each person's own messages."""

from django.contrib import messages as banner
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import person
from notifications import queries
from notifications.actions import notices as actions

PAGE = 50


@login_required
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """Show what was written to the person, newest first."""
    user = person(request)
    rows = queries.messages_of(user).defer("body")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "unread": queries.unread(user)}
    return render(request, "notifications/message_list.html", context)


@login_required
@require_GET
def message_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message; opening it marks it as read."""
    user = person(request)
    message = get_object_or_404(queries.messages_of(user).select_related("fund"), pk=pk)
    if message.read_at is None:
        actions.mark_read(notice=message, by=user)
    return render(request, "notifications/message_detail.html", {"message": message})


@login_required
@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    """Mark all messages as read."""
    count = actions.mark_all_read(by=person(request))
    banner.success(request, _("%(count)s messages are marked as read.") % {"count": count})
    return redirect("notifications:messages")
