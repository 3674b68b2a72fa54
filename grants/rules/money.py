"""Rules about the plan: it balances, and every share and cap of the round holds, to the cent."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from accounts.money import format_cents
from grants.models import CostLine, FundingLine
from grants.rules.draft import Draft, Problem
from grants.sections import Section
from grants.states import CostKind, FundingKind


def _problem(field: str, message: str, line: int | None = None) -> Problem:
    return Problem(Section.PLAN, field, message, line)


def cost_lines(draft: Draft) -> Iterator[Problem]:
    """Every position says what for, of which kind, and how much."""
    if not draft.cost_lines:
        yield _problem("cost_lines", _("Please enter at least one position of the cost plan."))
    for number, line in enumerate(draft.cost_lines, start=1):
        if line.kind not in CostKind.values:
            yield _problem("kind", _("Please choose the kind of cost in line %(n)s.") % {"n": number}, number)
        if not line.label:
            yield _problem("label", _("Please say what line %(n)s is for.") % {"n": number}, number)
        if line.amount_cents <= 0:
            yield _problem("unit", _("Please enter number and price in line %(n)s.") % {"n": number}, number)


def funding_lines(draft: Draft) -> Iterator[Problem]:
    """Every source says of which kind and how much; public money also names its giver."""
    for number, line in enumerate(draft.funding_lines, start=1):
        values = {"n": number}
        if line.kind not in FundingKind.values:
            yield _problem("funding_kind", _("Please choose the kind of source %(n)s.") % values, number)
        elif line.kind == FundingKind.PUBLIC and not line.label:
            yield _problem("funding_label", _("Please name the giver of source %(n)s.") % values, number)
        if line.amount_cents <= 0:
            yield _problem("funding_amount", _("Please enter the amount of source %(n)s.") % values, number)


def balance(draft: Draft) -> Iterator[Problem]:
    """Costs equal all financing with the requested grant."""
    application = draft.application
    gap = application.cost_cents - application.funding_cents - application.requested_cents
    if not draft.cost_lines:
        # That the cost plan is empty says it already.
        return
    if gap > 0:
        words = _("Costs and financing differ: %(gap)s are still missing. Name a further source, or request more.")
        yield _problem("requested_cents", words % {"gap": format_cents(gap)})
    elif gap < 0:
        words = _(
            "Costs and financing differ: the financing is %(gap)s too high. "
            "Request less, or add costs that are missing."
        )
        yield _problem("requested_cents", words % {"gap": format_cents(-gap)})


def request(draft: Draft) -> Iterator[Problem]:
    """The requested grant lies between the round's limits and never above the eligible cost."""
    asked, terms = draft.application.requested_cents, draft.round
    if asked <= 0:
        yield _problem("requested_cents", _("Please enter the grant that you request."))
        return
    if asked < terms.minimum_cents:
        limit = format_cents(terms.minimum_cents)
        yield _problem("requested_cents", _("Request at least %(limit)s.") % {"limit": limit})
    if asked > terms.maximum_cents:
        limit = format_cents(terms.maximum_cents)
        yield _problem("requested_cents", _("Request at most %(limit)s.") % {"limit": limit})
    if draft.cost_lines and asked * 100 > draft.application.eligible_cents * terms.max_rate_percent:
        limit = format_cents(draft.application.eligible_cents * terms.max_rate_percent // 100)
        yield _problem(
            "requested_cents",
            _("The grant may be at most %(percent)s %% of the eligible cost, that is %(limit)s.")
            % {"percent": terms.max_rate_percent, "limit": limit},
        )


def offer(draft: Draft) -> Iterator[Problem]:
    """A revised plan asks for the offered amount or less."""
    asked, offered = draft.application.requested_cents, draft.application.offered_cents
    if offered is not None and asked > offered:
        yield _problem(
            "requested_cents",
            _("The revised plan may ask for at most %(limit)s.") % {"limit": format_cents(offered)},
        )


def smallest(draft: Draft) -> Iterator[Problem]:
    """The smallest useful grant is not above the requested one."""
    least = draft.application.smallest_cents
    if least is not None and least > draft.application.requested_cents:
        yield _problem("smallest_cents", _("The smallest grant cannot be higher than the grant that you request."))


def _line_beyond(lines: Iterable[CostLine | FundingLine], kind: str, limit: int) -> int | None:
    """Return the number, from 1, of the line of a kind with which its sum goes beyond a limit in cents."""
    total = 0
    for number, line in enumerate(lines, start=1):
        total += line.amount_cents if line.kind == kind else 0
        if total > limit:
            return number
    return None


def in_kind_limit(draft: Draft) -> int:
    """Return up to how many cents own work counts as own share."""
    return draft.application.eligible_cents * draft.round.in_kind_cap_percent // 100


def in_kind(draft: Draft) -> Iterator[Problem]:
    """Own work counts only up to its cap."""
    limit, planned = in_kind_limit(draft), draft.funded_by(FundingKind.OWN_WORK)
    if planned > limit:
        yield _problem(
            "funding_lines",
            _("Own work counts up to %(percent)s %% of the eligible cost, that is %(limit)s. You have %(sum)s.")
            % {
                "percent": draft.round.in_kind_cap_percent,
                "limit": format_cents(limit),
                "sum": format_cents(planned),
            },
            _line_beyond(draft.funding_lines, FundingKind.OWN_WORK, limit),
        )


def own_money(draft: Draft) -> int:
    """Return own money with own work as far as it counts, in cents."""
    return draft.funded_by(FundingKind.OWN_CASH) + min(draft.funded_by(FundingKind.OWN_WORK), in_kind_limit(draft))


def own_share_needed(draft: Draft) -> int:
    """Return the least own share in cents, rounded up: with one cent less it would not be reached."""
    return -(-draft.application.cost_cents * draft.round.own_share_percent // 100)


def own_share(draft: Draft) -> Iterator[Problem]:
    """Own money and counted own work reach the round's share of the total cost."""
    needed = own_share_needed(draft)
    if own_money(draft) < needed:
        yield _problem(
            "funding_lines",
            _("Your own share must be at least %(percent)s %% of the cost, that is %(limit)s.")
            % {"percent": draft.round.own_share_percent, "limit": format_cents(needed)},
        )


def kind_limit(draft: Draft, kind: str) -> int:
    """Return up to how many cents a capped kind of cost counts, of the total cost or as a sum."""
    cap = draft.round.kind_caps[kind]
    return int(cap["cents"] if "cents" in cap else draft.application.cost_cents * cap["percent"] // 100)


def kind_caps(draft: Draft) -> Iterator[Problem]:
    """Kinds of cost that the round caps, as percent of the total cost or in cents."""
    for kind in draft.round.kind_caps:
        limit = kind_limit(draft, kind)
        if draft.spent_on(kind) > limit:
            yield _problem(
                "cost_lines",
                _("%(kind)s: at most %(limit)s. You have %(sum)s.")
                % {
                    "kind": CostKind(kind).label,
                    "limit": format_cents(limit),
                    "sum": format_cents(draft.spent_on(kind)),
                },
                _line_beyond(draft.cost_lines, kind, limit),
            )
