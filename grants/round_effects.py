"""What other rules of a round would mean for the applications there are, counted before they are saved."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.money import share
from grants import queries
from grants.models import Application, Round
from grants.rules import entries, money
from grants.rules.draft import Draft, Problem
from grants.states import UNSENT, ApplicationState, FundingKind

#: No more applications are measured than this, the newest: the page is for an office, not for the books.
MOST: Final = 1_000

Check = Callable[[Draft], bool]


def _breaks(rule: Callable[[Draft], Any]) -> Check:
    def check(draft: Draft) -> bool:
        found: list[Problem] = list(rule(draft))
        return bool(found)

    return check


def _too_much(draft: Draft) -> bool:
    return draft.application.requested_cents > draft.round.maximum_cents


def _too_little(draft: Draft) -> bool:
    return 0 < draft.application.requested_cents < draft.round.minimum_cents


def _too_large_a_share(draft: Draft) -> bool:
    most = draft.application.eligible_cents * draft.round.max_rate_percent
    return bool(draft.cost_lines) and draft.application.requested_cents * 100 > most


def _kind_left_out(draft: Draft) -> bool:
    return draft.organisation is not None and draft.organisation.kind not in draft.round.applicant_types


def _too_many(draft: Draft) -> bool:
    return draft.organisation is not None and draft.others_sent >= draft.round.max_applications


def _priority_gone(draft: Draft) -> bool:
    return bool(draft.application.priority) and draft.application.priority not in draft.round.priorities


def _hours_at_other_rate(draft: Draft) -> bool:
    hours = [line for line in draft.funding_lines if line.kind == FundingKind.OWN_WORK and line.hours_hundredths]
    rate = draft.round.in_kind_rate_cents
    return any(line.amount_cents != share(rate, line.hours_hundredths, 100) for line in hours)


def _not_small(draft: Draft) -> bool:
    return draft.application.requested_cents > draft.round.fast_track_max_cents


# In the order of the cards. What depends on the days of sessions is measured for a round's own drafts only.
_CHECKS: Final[tuple[tuple[Promise, Check], ...]] = (
    (_("The organisation is of a kind that may not apply"), _kind_left_out),
    (_("Neither seat nor project lies where the round wants it"), _breaks(entries.region)),
    (_("The organisation has sent as many applications as it may"), _too_many),
    (_("The priority field is no longer offered"), _priority_gone),
    (_("A needed paper is missing"), _breaks(entries.attachments)),
    (_("Requests less than the smallest grant"), _too_little),
    (_("Requests more than the largest grant"), _too_much),
    (_("Requests a larger share of the costs than allowed"), _too_large_a_share),
    (_("The own share is too small"), _breaks(money.own_share)),
    (_("The project takes too long"), _breaks(entries.period)),
    (_("Too large for the fast track"), _not_small),
    (_("A kind of cost is above its limit"), _breaks(money.kind_caps)),
    (_("Own work counts less than planned"), _breaks(money.in_kind)),
    (_("Hours of own work were counted at another rate"), _hours_at_other_rate),
)
_OWN: Final = ((_("Begins before it may"), _breaks(entries.start)),)


@dataclass(frozen=True)
class Effect:
    """How many applications do not fit one rule: as the round is, and as it would be."""

    label: str | Promise
    before: int
    after: int


@dataclass(frozen=True)
class Outlook:
    """What a change would mean.

    Attributes:
        measured: how many applications were looked at.
        former: name of the earlier round they were sent in; empty for drafts of the round itself.
        effects: rules that would hit others than now.
    """

    measured: int
    former: str
    effects: Sequence[Effect]

    @property
    def hits_drafts(self) -> bool:
        """Whether drafts that fit now would not fit any more."""
        return not self.former and any(effect.after > effect.before for effect in self.effects)

    @property
    def token(self) -> str:
        """Tells whether somebody has seen just this before they save."""
        return ";".join(f"{effect.before}-{effect.after}" for effect in self.effects)


def outlook(round_: Round, values: Mapping[str, Any]) -> Outlook:
    """Measure a change of settings by the drafts of the round, or without any by what was sent in the round before.

    Args:
        round_: as it is stored.
        values: the settings as they would be saved, by name of the record's field.
    """
    drafts = list(round_.applications.filter(state=ApplicationState.DRAFT).order_by("-pk")[:MOST])
    former = None if drafts else _round_before(round_)
    applications = drafts if former is None else _sent_in(former)
    seen = queries.load_drafts(applications, former or round_) if applications else []
    changed = _with(round_, values)
    checks = _CHECKS if former else (*_CHECKS, *_OWN)
    found = (_effect(label, check, seen, round_, changed) for label, check in checks)
    return Outlook(len(seen), former.name if former else "", [effect for effect in found if effect is not None])


def _round_before(round_: Round) -> Round | None:
    earlier = Round.objects.filter(fund=round_.fund_id, opens_at__lt=round_.opens_at).exclude(pk=round_.pk)
    return earlier.order_by("-opens_at", "-pk").first()


def _sent_in(round_: Round) -> list[Application]:
    return list(round_.applications.exclude(state__in=UNSENT).order_by("-pk")[:MOST])


def _with(round_: Round, values: Mapping[str, Any]) -> Round:
    changed = copy(round_)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _effect(label: str | Promise, check: Check, seen: Sequence[Draft], before: Round, after: Round) -> Effect | None:
    was = {draft.application.pk for draft in seen if check(replace(draft, round=before))}
    will = {draft.application.pk for draft in seen if check(replace(draft, round=after))}
    return None if was == will else Effect(label, len(was), len(will))
