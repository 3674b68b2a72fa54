"""Inviting people, and accepting an invitation by its link."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.adapters import remember_language
from accounts.exceptions import LinkInvalid, NotPermitted, Refused
from accounts.http import person, posted, refused
from accounts.models import Organisation, User
from accounts.permissions import administers_all, administers_any, owns
from accounts.queries import administered_funds
from notifications.actions import invitations as actions
from notifications.forms import InviteMemberForm, InviteStaffForm, JoinForm
from notifications.models import Invitation
from notifications.queries import member_invitations_of, staff_invitations_for

READ_OR_SEND = ["GET", "HEAD", "POST"]
PER_PAGE = 50
BACKEND = "accounts.backends.AuthenticationBackend"


@login_required
@require_http_methods(READ_OR_SEND)
def staff_invitations(request: HttpRequest) -> HttpResponse:
    """List invitations to the staff and send another one."""
    me = person(request)
    if not administers_any(me):
        raise Http404
    form = InviteStaffForm(posted(request), funds=administered_funds(me), all_funds=administers_all(me))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.invite_staff(
                by=me,
                email=data["email"],
                full_name=data["full_name"],
                fund=data["fund"],
                role=data["role"],
                limit_cents=data["limit"],
            )
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error("email", str(refusal.message))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("notifications:staff_invitations")
    rows = staff_invitations_for(me)
    return _list(request, "notifications/invitation_staff.html", rows, {"form": form})


@login_required
@require_http_methods(READ_OR_SEND)
def member_invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """List an organisation's invitations and send another one."""
    me = person(request)
    organisation = get_object_or_404(Organisation, pk=pk)
    if not owns(organisation, me):
        raise Http404
    form = InviteMemberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_member(by=me, organisation=organisation, **form.cleaned_data)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error("email", str(refusal.message))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("notifications:member_invitations", organisation.pk)
    context = {"form": form, "organisation": organisation}
    rows = member_invitations_of(organisation)
    return _list(request, "notifications/invitation_member.html", rows, context)


def _list(request: HttpRequest, template: str, rows: Any, context: dict[str, Any]) -> HttpResponse:
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, template, {**context, "page_obj": page})


@login_required
@require_http_methods(["POST"])
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    me = person(request)
    invitation = get_object_or_404(Invitation.objects.select_related("organisation", "fund"), pk=pk)
    if not actions.may_withdraw(invitation, me):
        raise Http404
    back = reverse("notifications:staff_invitations")
    if invitation.organisation_id:
        back = reverse("notifications:member_invitations", args=[invitation.organisation_id])
    try:
        actions.revoke(invitation=invitation, by=me)
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect(back)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(READ_OR_SEND)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link offers, and accept it."""
    try:
        found = actions.find(token)
    except LinkInvalid as refusal:
        return render(request, "notifications/invitation_invalid.html", {"refusal": refusal.message}, status=404)
    context: dict[str, Any] = {"invitation": found, "token": token}
    if isinstance(request.user, User):
        return _accept(request, request.user, context)
    if User.objects.filter(email=found.email).exists():
        return render(request, "notifications/invitation_detail.html", {**context, "must_sign_in": True})
    return _join(request, context)


def _accept(request: HttpRequest, me: User, context: dict[str, Any]) -> HttpResponse:
    context["other_address"] = me.email != context["invitation"].email
    if request.method != "POST" or context["other_address"]:
        return render(request, "notifications/invitation_detail.html", context)
    try:
        accepted = actions.accept(token=context["token"], by=me)
    except Refused as refusal:
        message = {**context, "refusal": refusal.message}
        return render(request, "notifications/invitation_detail.html", message, status=409)
    messages.success(request, _("Welcome. The invitation is accepted."))
    return _onwards(accepted)


def _onwards(accepted: Invitation) -> HttpResponse:
    if accepted.organisation_id:
        return redirect("accounts:organisation", accepted.organisation_id)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _join(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    found: Invitation = context["invitation"]
    initial = {"full_name": found.full_name, "language": get_language() or settings.LANGUAGE_CODE}
    form = JoinForm(posted(request), email=found.email, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept_as_new(token=context["token"], **form.cleaned_data)
        except Refused as refusal:
            message = {**context, "refusal": refusal.message, "form": form}
            return render(request, "notifications/invitation_detail.html", message, status=409)
        login(request, user, backend=BACKEND)
        messages.success(request, _("Welcome. Your account is ready."))
        response = _onwards(found)
        remember_language(response, user.language)
        return response
    return render(request, "notifications/invitation_detail.html", {**context, "form": form})
