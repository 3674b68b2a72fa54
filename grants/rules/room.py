"""How much of each limit of the round a plan uses: shown beside the plan while it is typed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.money import format_cents
from grants.rules import money
from grants.rules.draft import Draft
from grants.states import CostKind, FundingKind


@dataclass(frozen=True)
class Limit:
    """One limit of the round beside what the plan has.

    Attributes:
        label: what is limited.
        used: what the plan has, as an amount.
        limit: the limit in words.
        kept: whether the plan keeps it.
    """

    label: str
    used: str
    limit: str
    kept: bool


def limits(draft: Draft) -> list[Limit]:
    """Return every limit of the round that counts for a plan, in the order of its page."""
    return [*_kinds(draft), *_work(draft), *_own(draft), _request(draft)]


def _at_most(label: str, used: int, limit: int) -> Limit:
    return Limit(label, format_cents(used), _("at most %(limit)s") % {"limit": format_cents(limit)}, used <= limit)


def _kinds(draft: Draft) -> Iterator[Limit]:
    for kind in draft.round.kind_caps:
        yield _at_most(str(CostKind(kind).label), draft.spent_on(kind), money.kind_limit(draft, kind))


def _work(draft: Draft) -> Iterator[Limit]:
    planned = draft.funded_by(FundingKind.OWN_WORK)
    yield _at_most(str(FundingKind.OWN_WORK.label), planned, money.in_kind_limit(draft))


def _own(draft: Draft) -> Iterator[Limit]:
    if draft.round.own_share_percent:
        own, needed = money.own_money(draft), money.own_share_needed(draft)
        words = _("at least %(limit)s") % {"limit": format_cents(needed)}
        yield Limit(_("Own share"), format_cents(own), words, own >= needed)


def _request(draft: Draft) -> Limit:
    terms, asked = draft.round, draft.application.requested_cents
    share = draft.application.eligible_cents * terms.max_rate_percent // 100
    most = min(terms.maximum_cents, share) if draft.cost_lines else terms.maximum_cents
    offered = draft.application.offered_cents
    most = most if offered is None else min(most, offered)
    found = _at_most(_("Grant that you request"), asked, most)
    if terms.minimum_cents:
        words = _("from %(low)s to %(high)s") % {"low": format_cents(terms.minimum_cents), "high": format_cents(most)}
        return Limit(found.label, found.used, words, terms.minimum_cents <= asked <= most)
    return found
