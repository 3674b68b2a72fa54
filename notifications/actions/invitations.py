"""Invitations: somebody is asked by e-mail to join the staff of a fund or an organisation."""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, clock
from accounts import steps as people
from accounts.exceptions import AlreadyMember, LinkInvalid, LostRace, NotPermitted, NotToOneself
from accounts.models import Fund, Organisation, User
from accounts.permissions import administers, forget_memberships, forget_roles, owns
from notifications import outbox
from notifications.exceptions import TooManyInvitations
from notifications.models import Invitation

VALID_FOR = timedelta(days=14)
# Our address writes to whom an applicant names: enough for a board and its helpers, too little for a mailing.
OPEN_AT_ONCE = 10
SENT_A_DAY = 20


def token_hash(token: str) -> str:
    """Return what is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite_staff(
    *, by: User, email: str, full_name: str, fund: Fund | None, role: str, limit_cents: int | None = None
) -> Invitation:
    """Ask somebody to join the staff; the role begins on the day the link is accepted.

    Raises:
        NotPermitted: `by` does not administer the fund (all funds, when it is None).
        NotToOneself: it is the administrator's own address.
    """
    with transaction.atomic(durable=True):
        forget_roles(by)
        if not administers(by, fund.pk if fund else None):
            raise NotPermitted
        if email.strip().lower() == by.email:
            raise NotToOneself
        invitation = Invitation(
            email=email.strip().lower(), full_name=full_name, fund=fund, role=role, limit_cents=limit_cents
        )
        return _send(invitation, by=by)


def invite_member(*, by: User, organisation: Organisation, email: str, role: str) -> Invitation:
    """Ask somebody to act for an organisation (owners only).

    Raises:
        NotPermitted: `by` does not own the organisation.
        AlreadyMember: the address belongs to a member.
        TooManyInvitations: ten are open, or the person has sent twenty within a day.
    """
    with transaction.atomic(durable=True):
        # One after the other, so that each counts those before.
        audit.locked(by)
        audit.locked(organisation)
        forget_memberships(by)
        if not owns(organisation, by):
            raise NotPermitted
        address = email.strip().lower()
        if organisation.memberships.filter(user__email=address, ended_at__isnull=True).exists():
            raise AlreadyMember
        _refuse_a_mailing(organisation, address, by=by)
        return _send(Invitation(email=address, organisation=organisation, member_role=role), by=by)


def _refuse_a_mailing(organisation: Organisation, address: str, *, by: User) -> None:
    now = clock.now()
    waiting = _open().filter(organisation=organisation, expires_at__gt=now).exclude(email=address)
    if waiting.count() >= OPEN_AT_ONCE:
        raise TooManyInvitations(
            _("%(count)s invitations of your organisation are open. Please wait for an answer, or withdraw one.")
            % {"count": OPEN_AT_ONCE}
        )
    lately = Invitation.objects.filter(
        invited_by=by, organisation__isnull=False, invited_at__gt=now - timedelta(days=1)
    )
    if lately.count() >= SENT_A_DAY:
        raise TooManyInvitations(
            _("You have sent %(count)s invitations within one day. Please go on tomorrow.") % {"count": SENT_A_DAY}
        )


def _send(invitation: Invitation, *, by: User) -> Invitation:
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation.token_hash, invitation.invited_by = token_hash(token), by
    invitation.invited_at, invitation.expires_at = now, now + VALID_FOR
    # A newer link takes the place of an open older one.
    _open().filter(
        email=invitation.email,
        fund=invitation.fund,
        role=invitation.role,
        organisation=invitation.organisation,
    ).update(revoked_at=now)
    invitation.save()
    known = User.objects.filter(email=invitation.email).first()
    outbox.owe(
        "INVITE",
        key=f"invitation:{invitation.pk}",
        to=known or invitation.email,
        # The address stands in the text only, which is erased: the row must not keep the token.
        context={
            "who": str(by),
            "to_what": _subject(invitation),
            "greeted": str(known) if known else invitation.full_name,
            "role": _role(invitation, known),
            "url": f"{settings.SITE_URL}{reverse('notifications:invitation', args=[token])}",
        },
        fund=invitation.fund,
        erase_body=True,
    )
    verb = "invite_member" if invitation.organisation_id else "invite_staff"
    audit.record(verb, _filed_under(invitation), by=by, data={"email": invitation.email})
    return invitation


def _role(invitation: Invitation, to: User | None) -> str:
    with translation.override(to.language if to else settings.LANGUAGE_CODE):
        return invitation.get_role_display() or invitation.get_member_role_display()


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True)


def _subject(invitation: Invitation) -> str:
    if invitation.organisation:
        return invitation.organisation.name
    return invitation.fund.name if invitation.fund else settings.SITE_NAME


def _filed_under(invitation: Invitation) -> Organisation | Fund | Invitation:
    return invitation.organisation or invitation.fund or invitation


def may_withdraw(invitation: Invitation, person: User) -> bool:
    """Tell whether the person may take the invitation back."""
    if invitation.organisation:
        return owns(invitation.organisation, person)
    return administers(person, invitation.fund_id)


def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Take an invitation back; its link opens nothing any more.

    Raises:
        NotPermitted: `by` could not have sent it.
        LostRace: it was accepted or taken back meanwhile.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(invitation)
        forget_roles(by)
        forget_memberships(by)
        if not may_withdraw(fresh, by):
            raise NotPermitted
        if fresh.accepted_at or fresh.revoked_at:
            raise LostRace
        fresh.revoked_at = clock.now()
        fresh.save()
        audit.record("revoke_invitation", _filed_under(fresh), by=by, data={"email": fresh.email})
        return fresh


def find(token: str) -> Invitation:
    """Return the invitation that a link opens.

    Raises:
        LinkInvalid: unknown, accepted, taken back, or too old.
    """
    rows = _open().select_related("fund", "organisation", "invited_by")
    found = rows.filter(token_hash=token_hash(token), expires_at__gt=clock.now()).first()
    if found is None:
        raise LinkInvalid
    return found


def accept(*, token: str, by: User) -> Invitation:
    """Accept as a person who is signed in with the invited address.

    Raises:
        LinkInvalid: the link is not open, or whoever sent it could not send it today.
        NotPermitted: it was sent to another address.
        Refused: the person cannot hold the role (AlreadyHeld, RoleExcluded, AlreadyMember).
    """
    with transaction.atomic(durable=True):
        invitation = audit.locked(find(token))
        if by.email != invitation.email:
            raise NotPermitted
        return _give(invitation, by)


def accept_as_new(*, token: str, full_name: str, password: str, language: str) -> User:
    """Accept as a person without an account: the link proves the address, the password is chosen here.

    Raises:
        LinkInvalid: the link is not open, or there is an account with the address meanwhile.
    """
    with transaction.atomic(durable=True):
        invitation = audit.locked(find(token))
        user, new = people.create_person(email=invitation.email, full_name=full_name, language=language)
        if not new:
            raise LinkInvalid
        user.set_password(password)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        _give(invitation, user)
        return user


def _give(invitation: Invitation, user: User) -> Invitation:
    if invitation.accepted_at or invitation.revoked_at:
        raise LinkInvalid
    if not may_withdraw(invitation, invitation.invited_by):
        raise LinkInvalid
    if invitation.organisation:
        people.add_member(
            organisation=invitation.organisation, user=user, role=invitation.member_role, by=invitation.invited_by
        )
    else:
        people.give_role(
            user=user,
            role=invitation.role,
            fund=invitation.fund,
            by=invitation.invited_by,
            starts_on=clock.today(),
            limit_cents=invitation.limit_cents,
        )
    invitation.accepted_by, invitation.accepted_at = user, clock.now()
    invitation.save()
    audit.record("accept_invitation", _filed_under(invitation), by=user)
    return invitation
