"""Pages of an organisation: its data, its people, its bank account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, audit
from accounts.exceptions import BankAccountKnown, LastRepresentative, LostRace, NotPermitted
from accounts.forms import BankAccountForm, MembershipForm, OrganisationForm
from accounts.http import conflict, person, posted, way_back
from accounts.models import Membership, Organisation, User
from accounts.permissions import is_member, may_bind, may_edit_for, owns
from accounts.queries import bank_accounts_of, history_lines, members_of, organisations_of
from accounts.states import OrganisationKind

READ_OR_SEND = ["GET", "HEAD", "POST"]
# Kinds with questions of their own.
OWN_WAYS = (OrganisationKind.INITIATIVE, OrganisationKind.PERSON)


def _mine(request: HttpRequest, pk: int) -> tuple[Organisation, User]:
    me = person(request)
    organisation = get_object_or_404(Organisation, pk=pk)
    if not is_member(me, organisation.pk):
        raise Http404
    return organisation, me


@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """List the organisations for which the person acts."""
    return render(request, "accounts/organisation_list.html", {"memberships": organisations_of(person(request))})


@login_required
@require_http_methods(READ_OR_SEND)
def organisation_create(request: HttpRequest) -> HttpResponse:
    """Enter an organisation, and go back to the page that asked for it (`next`)."""
    kind, onward = request.GET.get("kind", ""), way_back(request)
    form = OrganisationForm(posted(request), initial=_first(request, kind), own_way=bool(kind))
    if request.method == "POST" and form.is_valid():
        made = actions.create_organisation(by=person(request), fields=form.cleaned_data)
        messages.success(request, _entered(made))
        return redirect(onward) if onward else redirect("accounts:organisation", made.pk)
    context = {"form": form, "onward": onward, "kind": kind if kind in OWN_WAYS else ""}
    return render(request, "accounts/organisation_edit.html", context)


def _entered(made: Organisation) -> str:
    if made.kind == OrganisationKind.PERSON:
        return _("Your address is entered. You can write applications in your own name now.")
    if made.kind == OrganisationKind.INITIATIVE:
        return _("Your initiative is entered. You can write applications for it now.")
    return _("Your organisation is entered. You can write applications for it now.")


def _first(request: HttpRequest, kind: str) -> dict[str, Any]:
    """Return what the form shows at first: what the address brings along, and a private person's own name."""
    name = person(request).full_name if kind == OrganisationKind.PERSON else ""
    return {"kind": kind, "name": name, "city": request.GET.get("city", "")[:80]}


@login_required
@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an organisation to its people."""
    shown, me = _mine(request, pk)
    context = {
        "organisation": shown,
        "members": members_of(shown),
        "accounts": bank_accounts_of(shown),
        "history": history_lines(audit.history(shown).order_by("-pk")[:20]),
        "may_edit": may_edit_for(me, shown.pk),
        "may_bind": may_bind(me, shown.pk),
        "owns": owns(shown, me),
    }
    return render(request, "accounts/organisation_detail.html", context)


@login_required
@require_http_methods(READ_OR_SEND)
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an organisation's data."""
    shown, me = _mine(request, pk)
    if not may_edit_for(me, shown.pk):
        raise Http404
    form = OrganisationForm(posted(request), initial=OrganisationForm.of(shown))
    context: dict[str, Any] = {"form": form, "organisation": shown}
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_organisation(organisation=shown, by=me, seen_version=_seen(request), fields=form.cleaned_data)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except LostRace as refusal:
            return conflict(request, "accounts/organisation_edit.html", context, refusal)
        messages.success(request, _("The organisation is saved."))
        return redirect("accounts:organisation", shown.pk)
    return render(request, "accounts/organisation_edit.html", context)


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("version", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


def _membership(request: HttpRequest, pk: int) -> tuple[Membership, User]:
    me = person(request)
    rows = Membership.objects.select_related("organisation", "user")
    membership = get_object_or_404(rows, pk=pk, ended_at__isnull=True)
    if not is_member(me, membership.organisation_id):
        raise Http404
    return membership, me


@login_required
@require_http_methods(READ_OR_SEND)
def membership_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an owner change what a member may."""
    membership, me = _membership(request, pk)
    if not owns(membership.organisation, me):
        raise Http404
    initial = {"role": membership.role, "represents": membership.represents}
    form = MembershipForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_membership(membership=membership, by=me, **form.cleaned_data)
        except LastRepresentative as refusal:
            form.add_error("role", str(refusal.message))
        except NotPermitted:
            form.add_error("represents", _("Only somebody who represents the organisation can mark this."))
        except LostRace as refusal:
            return conflict(request, "accounts/membership_edit.html", {"form": form, "membership": membership}, refusal)
        else:
            messages.success(request, _("The role is saved."))
            return redirect("accounts:organisation", membership.organisation_id)
    return render(request, "accounts/membership_edit.html", {"form": form, "membership": membership})


@login_required
@require_http_methods(READ_OR_SEND)
def membership_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an owner take a member off, or a member leave."""
    membership, me = _membership(request, pk)
    leaves = membership.user_id == me.pk
    if not leaves and not owns(membership.organisation, me):
        raise Http404
    context: dict[str, Any] = {"membership": membership, "leaves": leaves}
    if request.method == "POST":
        try:
            actions.end_membership(membership=membership, by=me)
        except LastRepresentative as refusal:
            return render(request, "accounts/membership_end.html", {**context, "refusal": refusal.message}, status=409)
        except LostRace as refusal:
            return conflict(request, "accounts/membership_end.html", context, refusal)
        if leaves:
            messages.success(request, _("You no longer act for this organisation."))
            return redirect("accounts:organisations")
        messages.success(request, _("The membership has ended."))
        return redirect("accounts:organisation", membership.organisation_id)
    return render(request, "accounts/membership_end.html", context)


@login_required
@require_http_methods(READ_OR_SEND)
def bank_account_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the account to which money shall go."""
    shown, me = _mine(request, pk)
    if not may_bind(me, shown.pk):
        raise Http404
    form = BankAccountForm(posted(request), organisation=shown)
    context = {"form": form, "organisation": shown, "accounts": bank_accounts_of(shown)}
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_bank_account(organisation=shown, by=me, **form.cleaned_data)
        except BankAccountKnown as refusal:
            form.add_error("iban", str(refusal.message))
        except NotPermitted as refusal:
            raise Http404 from refusal
        else:
            messages.success(request, _("The bank account is entered. The office checks it before money goes there."))
            return redirect("accounts:organisation", shown.pk)
    return render(request, "accounts/bank_account_edit.html", context)
