from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from accounts import audit, clock
from accounts.exceptions import LastRepresentative
from accounts.models import Membership, User
from accounts.permissions import forget_memberships
from accounts.states import MemberRole
from grants.models import Application, Attachment
from grants.states import ApplicationState
from grants.steps import discard

# Nobody of the applicant has to act in these any more.
_OVER = (ApplicationState.DISCARDED, ApplicationState.REJECTED, ApplicationState.WITHDRAWN)


def end_account(user: User) -> list[Attachment]:
    """Close an account for good: nobody signs in with it, and what only served the sign-in goes.

    Memberships end, drafts that would belong to nobody are thrown away. The name stays where the law keeps the act:
    in sent applications, in messages and in the history.

    Args:
        user: locked by the caller; holds no role of the staff.

    Returns:
        the files that must leave the store.

    Raises:
        LastRepresentative: an application that is under way would have nobody who speaks for it.
    """
    drafts = list(Application.objects.filter(created_by=user, organisation=None, state=ApplicationState.DRAFT))
    for membership in Membership.objects.filter(user=user, ended_at__isnull=True).order_by("organisation"):
        drafts += _leave(membership)
    files = [file for draft in drafts for file in discard(draft, by=user)]
    _end_memberships(user)
    audit.record("end_account", user, by=user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    # The address is free again for somebody who comes back; the domain can belong to nobody (RFC 2606).
    user.email, user.full_name, user.phone = f"ended-{user.pk}@account.invalid", user.full_name or f"#{user.pk}", ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    return files


def _leave(membership: Membership) -> Sequence[Application]:
    """Return the drafts that nobody could go on with."""
    # The organisation is locked: of two who leave at once one must find that nobody else is left.
    organisation = audit.locked(membership.organisation)
    others = Membership.objects.filter(organisation=organisation, ended_at__isnull=True, user__is_active=True)
    others = others.exclude(pk=membership.pk)
    cases, alone = Application.objects.filter(organisation=organisation), not others.exists()
    needed = not alone or cases.exclude(state__in=(*_OVER, ApplicationState.DRAFT)).exists()
    if membership.represents and needed and not others.filter(represents=True).exists():
        raise LastRepresentative(_last(organisation.name))
    mine = alone and membership.role != MemberRole.READER
    return list(cases.filter(state=ApplicationState.DRAFT, on_behalf=False)) if mine else []


def _last(name: str) -> str:
    return _(
        "You are the last who represents %(name)s. Please mark another owner as representative, or ask the office."
    ) % {"name": name}


def _end_memberships(user: User) -> None:
    """Only now: until here the person was still allowed to throw the drafts away."""
    for membership in Membership.objects.filter(user=user, ended_at__isnull=True).select_related("organisation"):
        membership.ended_at = clock.now()
        membership.save()
        audit.record("end_member", membership.organisation, by=user, data={"person": str(user)})
    forget_memberships(user)
