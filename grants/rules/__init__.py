"""Every rule of a round as pure checks: as hints on each page, as errors on the review page and at sending."""

from collections.abc import Callable, Collection, Iterable, Iterator

from grants.models import Application
from grants.rules import entries, money
from grants.rules.draft import Draft, Problem
from grants.rules.entries import wanted
from grants.rules.room import Limit, limits
from grants.sections import PLAN_FIELDS, Section

__all__ = [
    "Draft",
    "Limit",
    "Problem",
    "check",
    "check_open",
    "check_page",
    "check_plan",
    "limits",
    "missing",
    "wanted",
]

Rule = Callable[[Draft], Iterator[Problem]]

_PLAN: tuple[Rule, ...] = (
    money.cost_lines,
    money.funding_lines,
    money.request,
    money.offer,
    money.balance,
    money.smallest,
    money.in_kind,
    money.own_share,
    money.kind_caps,
)
_ALL: tuple[Rule, ...] = (
    entries.applicant,
    entries.required_fields,
    entries.region,
    entries.period,
    entries.start,
    *_PLAN,
    entries.attachments,
    entries.declarations,
)


def check(draft: Draft) -> list[Problem]:
    """Return everything that must be mended before the application can be sent; empty means complete."""
    return _run(_ALL, draft)


def check_plan(draft: Draft) -> list[Problem]:
    """Return what is wrong with the plan alone, for a revised plan."""
    return _run(_PLAN, draft)


def check_open(draft: Draft, fields: Collection[str]) -> list[Problem]:
    """Return what is wrong in the fields that the office reopened; the plan opens and is checked as a whole."""
    whole_plan = not PLAN_FIELDS.isdisjoint(fields)
    return [
        problem
        for problem in check(draft)
        if problem.field in fields or (whole_plan and problem.section == Section.PLAN)
    ]


def check_page(draft: Draft, section: str) -> list[Problem]:
    """Return what is wrong on one page of the form, while it is typed."""
    rules = _PLAN if section == Section.PLAN else _ALL
    return [problem for problem in _run(rules, draft) if problem.section == section]


def missing(application: Application, section: str) -> list[Problem]:
    """Return the entries of a page that are not there yet: all that its rules say where they look at nothing else."""
    return [problem for problem in entries.missing(application) if problem.section == section]


def _run(rules: Iterable[Rule], draft: Draft) -> list[Problem]:
    return [problem for rule in rules for problem in rule(draft)]
