"""The rules of a round in the words of its public page: how much, for how long, who may, what to have at hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import format_cents
from accounts.states import OrganisationKind
from grants.limits import limits_of
from grants.models import Round
from grants.states import AttachmentKind, CostKind, FundingType, LatePolicy, StartRule

_KINDS_OF_GRANT: dict[str, Promise] = {
    FundingType.FIXED: gettext_lazy("a fixed sum"),
    FundingType.SHARE: gettext_lazy("a share of the real costs; if they fall, the grant falls with them"),
    FundingType.SHORTFALL: gettext_lazy("what is missing after your own money and that of others"),
    FundingType.FULL: gettext_lazy("the whole of the real costs"),
}
_LATE: dict[str, Promise] = {
    LatePolicy.REJECT: gettext_lazy("What comes later is recorded and rejected."),
    LatePolicy.ACCEPT_FLAGGED: gettext_lazy("What comes later is recorded, flagged and treated like the others."),
}
_AT_HAND: tuple[Promise, ...] = (
    gettext_lazy("Name, legal form and postal address of who applies, and the register number if there is one"),
    gettext_lazy("Who may sign for the organisation"),
    gettext_lazy("The bank account: holder as the bank writes it, and IBAN"),
    gettext_lazy("What the project is about: aims, who takes part, where, from when until when"),
    gettext_lazy("A list of the costs: what, how many, price for one; offers help"),
    gettext_lazy("Where the rest of the money comes from: own money, hours of own work, donations, other public money"),
)


@dataclass(frozen=True)
class Fact:
    """A word and what is to be said on it.

    Attributes:
        term: its key in the glossary, where the word needs to be explained.
    """

    label: str
    text: str
    term: str = ""


def money(round_: Round) -> Iterator[Fact]:
    """How much, and how it is counted."""
    yield Fact(_("Grant for a project"), _grant(round_), "grant")
    if round_.announced_cents:
        told = {"amount": format_cents(round_.announced_cents), "year": round_.budget_year}
        yield Fact(_("All projects together"), _("%(amount)s from the budget of %(year)s") % told)
    if round_.max_rate_percent < 100:
        rate = _("at most %(percent)s %% of the eligible costs") % {"percent": round_.max_rate_percent}
    else:
        rate = _("up to all eligible costs")
    yield Fact(_("Part of the costs"), rate, "eligible costs")
    own = _("none is asked for")
    if round_.own_share_percent:
        own = _("at least %(percent)s %% of the cost") % {"percent": round_.own_share_percent}
    yield Fact(_("Own share"), own, "own share")
    yield Fact(_("Own work"), _work(round_), "own work")
    if round_.kind_caps:
        yield Fact(_("Limits"), "; ".join(caps(round_)))
    yield Fact(_("Kind of grant"), _kind(round_), "funding type")


def _grant(round_: Round) -> str:
    amounts = {"amount": format_cents(round_.maximum_cents), "minimum": format_cents(round_.minimum_cents)}
    if round_.minimum_cents:
        return _("from %(minimum)s up to %(amount)s") % amounts
    return _("up to %(amount)s") % amounts


def _work(round_: Round) -> str:
    if not round_.in_kind_cap_percent:
        return _("hours of own work do not count")
    words = _("an hour counts %(rate)s, together at most %(percent)s %% of the eligible costs; it is never paid out")
    return words % {"rate": format_cents(round_.in_kind_rate_cents), "percent": round_.in_kind_cap_percent}


def caps(round_: Round) -> Iterator[str]:
    """Return the limits of single kinds of cost."""
    for kind, cap in round_.kind_caps.items():
        words = {"kind": CostKind(kind).label, "limit": cap.get("percent", 0)}
        if "cents" in cap:
            yield _("%(kind)s: at most %(limit)s") % {**words, "limit": format_cents(cap["cents"])}
        else:
            yield _("%(kind)s: at most %(limit)s %% of the cost") % words


def _kind(round_: Round) -> str:
    above = str(_KINDS_OF_GRANT[round_.funding_type_above])
    if not round_.fixed_up_to_cents or round_.funding_type_above == FundingType.FIXED:
        return above
    words = _("up to %(amount)s a fixed sum; above: %(kind)s")
    return words % {"amount": format_cents(round_.fixed_up_to_cents), "kind": above}


def conditions(round_: Round) -> Iterator[Fact]:
    """For how long, from when, how often, by which rules."""
    months = _("at most %(months)s months") % {"months": round_.max_duration_months}
    yield Fact(_("Project period"), months)
    yield Fact(_("A project may begin"), begins(round_), "start of the project")
    yield Fact(_("Applications per organisation"), str(round_.max_applications))
    yield Fact(_("After the deadline"), str(_LATE[round_.late_policy]))
    if round_.guideline:
        yield Fact(_("Guideline"), round_.guideline, "guideline")


def begins(round_: Round) -> str:
    """Return from when on a project may begin."""
    if round_.start_rule == StartRule.ON_CONSENT:
        return _("only with our written consent")
    if round_.start_rule == StartRule.ON_AWARD:
        return _("only when the award letter has arrived")
    if round_.start_rule_up_to_cents is None:
        return _("as soon as the application was sent, at your own risk")
    words = _("as soon as the application was sent, at your own risk, if all costs together are at most %(amount)s")
    return words % {"amount": format_cents(round_.start_rule_up_to_cents)}


def files(round_: Round) -> str:
    """Return which files are taken, and how large."""
    return _("Files that are taken: %(limits)s") % {"limits": limits_of(round_).told()}


@dataclass(frozen=True)
class Papers:
    """Papers that some kinds of applicants must add."""

    kinds: str
    papers: str


def at_hand(round_: Round) -> list[str]:
    """Return what one needs at hand to fill in the form; who has no legal form reads that less is asked."""
    texts = [str(text) for text in _AT_HAND]
    if {OrganisationKind.INITIATIVE, OrganisationKind.PERSON} & {*round_.applicant_types}:
        texts.insert(
            1,
            _(
                "Initiatives and private persons: only names, an address and the account of one of them;"
                " no register, no statutes"
            ),
        )
    return texts


def papers(round_: Round) -> list[Papers]:
    """Return which papers must be added by whom, if any; kinds that need the same stand together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for kind in round_.applicant_types:
        needed = tuple(round_.required_attachments.get(kind, []))
        together.setdefault(needed, []).append(str(OrganisationKind(kind).label))
    told = [
        Papers(", ".join(kinds), ", ".join(str(AttachmentKind(name).label) for name in needed))
        for needed, kinds in together.items()
        if needed
    ]
    return [*told, Papers(_("Everybody else"), _("none"))] if told and () in together else told


@dataclass(frozen=True)
class Weighed:
    """A criterion with how much it counts.

    Attributes:
        share: percent of all points, rounded to a whole.
    """

    name: str
    help: str
    low: str
    middle: str
    high: str
    weight: int
    share: int


def criteria(round_: Round) -> list[Weighed]:
    """Return what the jury judges, and how much each counts (one query)."""
    rows = list(round_.criteria.all())
    total = sum(row.weight for row in rows)
    return [
        Weighed(
            row.name, row.help, row.anchor_low, row.anchor_middle, row.anchor_high,
            row.weight, round(100 * row.weight / total),
        )
        for row in rows
    ]  # fmt: skip
