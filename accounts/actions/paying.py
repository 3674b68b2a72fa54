"""The account from which a fund pays: proposed by one of finance, in use once the head of finance has confirmed."""

from django.db import transaction

from accounts import audit
from accounts.exceptions import NotPermitted
from accounts.models import Fund, Proposal, ProposedAccount, User
from accounts.models.funds import masked
from accounts.permissions import confirms_paying_account, forget_roles, proposes_paying_account
from accounts.states import PAYING_ACCOUNT, Outcome


def propose_paying_account(*, fund: Fund, name: str, iban: str, bic: str, by: User) -> Proposal:
    """Say from which account the fund shall pay; nothing changes until the head of finance confirms.

    Raises:
        NotPermitted: not of finance.
        NotPossible: a proposal waits already.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(fund)
        forget_roles(by)
        if not proposes_paying_account(fresh, by):
            raise NotPermitted
        # The history and the proposal hold the ends alone.
        ends = [masked(fresh.debtor_iban), masked(iban)]
        proposal = audit.propose(PAYING_ACCOUNT, fresh, by=by, payload={"iban": ends})
        ProposedAccount.objects.create(fund=fresh, name=name, iban=iban, bic=bic)
        return proposal


def look_at_proposed_account(*, proposed: ProposedAccount, by: User) -> None:
    """Record that somebody saw the whole number. Raises: NotPermitted."""
    with transaction.atomic(durable=True):
        if not confirms_paying_account(proposed.fund, by):
            raise NotPermitted
        audit.record("look_at_paying_account", proposed.fund, by=by)


def confirm_paying_account(*, proposal: Proposal, fund: Fund, by: User) -> Fund:
    """Pay from the proposed account from now on; files for the bank already made keep theirs.

    Raises:
        NotPermitted: not the head of finance.
        SecondPersonNeeded: the author cannot confirm.
        LostRace: it was decided meanwhile.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(fund)
        forget_roles(by)
        if not confirms_paying_account(fresh, by):
            raise NotPermitted
        audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        proposed = ProposedAccount.objects.get(fund=fresh)
        fresh.debtor_name, fresh.debtor_iban, fresh.debtor_bic = proposed.name, proposed.iban, proposed.bic
        fresh.version += 1
        fresh.save()
        proposed.delete()
        return fresh


def drop_paying_account(*, proposal: Proposal, fund: Fund, by: User) -> Proposal:
    """Decline the proposal, or take the own one back.

    Raises:
        NotPermitted: neither its author nor the head of finance.
        LostRace: it was decided meanwhile.
    """
    with transaction.atomic(durable=True):
        forget_roles(by)
        own = proposal.proposed_by_id == by.pk
        if not (own or confirms_paying_account(fund, by)):
            raise NotPermitted
        dropped = audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN if own else Outcome.DECLINED)
        ProposedAccount.objects.filter(fund=fund).delete()
        return dropped
