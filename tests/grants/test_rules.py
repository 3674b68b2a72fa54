"""Both sides of every limit. A complete draft has no problem; each case changes one thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Organisation
from grants.models import Application, CostLine, FundingLine, Round
from grants.rules import Draft, check, check_page, check_plan, limits, missing
from grants.rules.entries import last_day, lies_in
from grants.sections import Section
from grants.states import CostKind, FundingKind
from grants.steps.plans import FundingInput

EURO = 100
TEXTS = ("contact_name", "contact_email", "title", "summary", "aims", "activities", "target_groups", "participation")


def costs(*lines: tuple[str, int]) -> tuple[CostLine, ...]:
    return tuple(CostLine(kind=kind, label="Etwas", unit_cents=c, amount_cents=c) for kind, c in lines)


def funds(*lines: tuple[str, int]) -> tuple[FundingLine, ...]:
    return tuple(FundingLine(kind=kind, label="Jemand", amount_cents=c) for kind, c in lines)


def draft(
    *,
    terms: dict[str, Any] | None = None,
    entries: dict[str, Any] | None = None,
    organisation: dict[str, Any] | None = None,
    cost: tuple[CostLine, ...] = costs((CostKind.MATERIAL, 1_000 * EURO)),
    fund: tuple[FundingLine, ...] = funds((FundingKind.OWN_CASH, 200 * EURO)),
    asked: int = 800 * EURO,
    others: int = 0,
    kinds: frozenset[str] = frozenset({"statutes", "exemption_notice"}),
) -> Draft:
    texts = dict.fromkeys(TEXTS, "Text")
    declared = dict.fromkeys(("not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read"), True)
    application = Application(
        **{
            "municipality": "Hannover",
            "starts_on": date(2027, 3, 1),
            "ends_on": date(2027, 8, 31),
            "planned_participants": 0,
            "requested_cents": asked,
            "cost_cents": sum(line.amount_cents for line in cost),
            "eligible_cents": sum(line.amount_cents for line in cost if line.eligible),
            "funding_cents": sum(line.amount_cents for line in fund),
        }
        | texts
        | declared
        | (entries or {})
    )
    who = Organisation(
        **{"kind": "association", "name": "V", "street": "Weg 1", "postcode": "30159", "city": "Hannover"}
        | (organisation or {})
    )
    return Draft(application, Round(**terms or {}), who, cost, fund, kinds, others)


def fields(found: Draft) -> list[str]:
    return [problem.field for problem in check(found)]


def test_complete_draft_has_no_problem() -> None:
    assert check(draft()) == []


@pytest.mark.parametrize("field", [*TEXTS, "municipality"])
@pytest.mark.parametrize("empty", ["", "  \n "])
def test_required_texts(field: str, empty: str) -> None:
    assert fields(draft(entries={field: empty}))[:1] == [field]


@pytest.mark.parametrize("field", ["starts_on", "ends_on", "planned_participants"])
def test_required_values(field: str) -> None:
    assert fields(draft(entries={field: None})) == [field]


@pytest.mark.parametrize("field", ["not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read"])
def test_declarations(field: str) -> None:
    assert fields(draft(entries={field: False})) == [field]


def test_optional_declarations_stay_optional() -> None:
    assert fields(draft(entries={"electronic_announcement": False, "publication_consent": False})) == []


def test_organisation_is_needed() -> None:
    assert fields(replace(draft(), organisation=None)) == ["organisation"]


@pytest.mark.parametrize(("kind", "problems"), [("parish", []), ("person", ["organisation"])])
def test_applicant_type(kind: str, problems: list[str]) -> None:
    assert fields(draft(organisation={"kind": kind}, terms={"applicant_types": ["association", "parish"]})) == problems


@pytest.mark.parametrize("part", ["street", "postcode", "city"])
def test_postal_address(part: str) -> None:
    assert "organisation" in fields(draft(organisation={part: ""}))


@pytest.mark.parametrize(("others", "problems"), [(1, []), (2, ["organisation"]), (3, ["organisation"])])
def test_max_applications(others: int, problems: list[str]) -> None:
    assert fields(draft(others=others, terms={"max_applications": 2})) == problems


@pytest.mark.parametrize(
    ("rule", "seat", "place", "problems"),
    [
        ("seat", "Hannover", "außerhalb", []),
        ("seat", "Hamburg", "Garbsen", ["organisation"]),
        ("place", "Hamburg", "Garbsen", []),
        ("place", "Hannover", "außerhalb", ["municipality"]),
        ("seat_or_place", "Hannover", "außerhalb", []),
        ("seat_or_place", "Hamburg", "Garbsen", []),
        ("seat_or_place", "Hamburg", "außerhalb", ["municipality"]),
    ],
)
def test_region(rule: str, seat: str, place: str, problems: list[str]) -> None:
    found = draft(terms={"region_rule": rule}, organisation={"city": seat}, entries={"municipality": place})

    assert fields(found) == problems


@pytest.mark.parametrize(
    ("town", "inside"),
    [
        ("Hannover", True),
        ("hannover-linden", True),
        ("Hannover (Mitte)", True),
        ("Neustadt am Ruebenberge", True),
        ("NEUSTADT AM RÜBENBERGE", True),
        ("Hannoversch Münden", False),
        ("Neustadt", False),
        ("", False),
    ],
)
def test_towns_as_people_write_them(town: str, inside: bool) -> None:
    assert lies_in(["Hannover", "Neustadt am Rübenberge"], town) is inside


@pytest.mark.parametrize(
    ("ends_on", "problems"),
    [
        (date(2027, 2, 28), ["ends_on"]),
        (date(2027, 3, 1), []),
        (date(2027, 8, 31), []),
        (date(2027, 9, 1), ["ends_on"]),
    ],
)
def test_period(ends_on: date, problems: list[str]) -> None:
    assert fields(draft(entries={"ends_on": ends_on}, terms={"max_duration_months": 6})) == problems


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2027, 1, 1), 12, date(2027, 12, 31)),
        (date(2027, 8, 31), 6, date(2028, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 27)),
    ],
)
def test_last_day(start: date, months: int, last: date) -> None:
    assert last_day(start, months) == last


@pytest.mark.parametrize(
    ("kind", "kinds", "missing"),
    [
        ("association", {"statutes", "exemption_notice"}, []),
        ("association", {"statutes"}, ["exemption_notice"]),
        ("association", set(), ["statutes", "exemption_notice"]),
        ("parish", set(), []),
    ],
)
def test_attachments(kind: str, kinds: set[str], missing: list[str]) -> None:
    assert fields(draft(organisation={"kind": kind}, kinds=frozenset(kinds))) == missing


def plan(asked: int, own: int = 0, **terms: Any) -> list[str]:
    """Fields with problems in a balanced plan without anything else."""
    fund = funds((FundingKind.OWN_CASH, own)) if own else ()
    found = draft(asked=asked, cost=costs((CostKind.MATERIAL, asked + own)), fund=fund, terms=terms)
    return [problem.field for problem in check_plan(found)]


@pytest.mark.parametrize(("asked", "problems"), [(49_999, ["requested_cents"]), (50_000, [])])
def test_minimum(asked: int, problems: list[str]) -> None:
    assert plan(asked, minimum_cents=50_000) == problems


@pytest.mark.parametrize(("asked", "problems"), [(3_000_000, []), (3_000_001, ["requested_cents"])])
def test_maximum(asked: int, problems: list[str]) -> None:
    assert plan(asked) == problems


@pytest.mark.parametrize(("asked", "problems"), [(80_000, []), (80_001, ["requested_cents"])])
def test_max_rate(asked: int, problems: list[str]) -> None:
    assert plan(asked, 100_000 - asked, max_rate_percent=80) == problems


@pytest.mark.parametrize(("own", "problems"), [(10_000, []), (9_999, ["funding_lines"])])
def test_own_share(own: int, problems: list[str]) -> None:
    assert plan(100_000 - own, own, own_share_percent=10) == problems


def test_nothing_requested() -> None:
    assert plan(0, 10_000) == ["requested_cents"]


@pytest.mark.parametrize(("work", "problems"), [(20_000, []), (20_001, ["funding_lines"])])
def test_in_kind_cap(work: int, problems: list[str]) -> None:
    found = draft(
        asked=100_000 - work, cost=costs((CostKind.MATERIAL, 100_000)), fund=funds((FundingKind.OWN_WORK, work))
    )

    assert [problem.field for problem in check_plan(found)] == problems


@pytest.mark.parametrize(("cash", "problems"), [(10_000, 0), (9_999, 1)])
def test_own_share_counts_work_up_to_its_cap(cash: int, problems: int) -> None:
    """30 % wanted of 1.000 €: 200 € of work count (the cap), 100 € of money are needed."""
    found = draft(
        asked=70_000,
        cost=costs((CostKind.MATERIAL, 100_000)),
        fund=funds((FundingKind.OWN_WORK, 20_000), (FundingKind.OWN_CASH, cash)),
        terms={"own_share_percent": 30},
    )

    messages = [p.message for p in check_plan(found) if p.field == "funding_lines"]
    assert len(messages) == problems


@pytest.mark.parametrize(
    ("cap", "amount", "problems"),
    [
        ({"percent": 10}, 10_000, []),
        ({"percent": 10}, 10_001, ["cost_lines"]),
        ({"cents": 5_000}, 5_000, []),
        ({"cents": 5_000}, 5_001, ["cost_lines"]),
    ],
)
def test_kind_caps(cap: dict[str, int], amount: int, problems: list[str]) -> None:
    found = draft(
        asked=100_000,
        cost=costs((CostKind.FOOD, amount), (CostKind.MATERIAL, 100_000 - amount)),
        fund=(),
        terms={"kind_caps": {"food": cap}},
    )

    assert [problem.field for problem in check_plan(found)] == problems


@pytest.mark.parametrize(("hours", "problems"), [(1_333, []), (1_334, ["funding_lines"])])
def test_hours_of_own_work_count_up_to_its_cap(hours: int, problems: list[str]) -> None:
    """20 % of 1.000 € at 15 € an hour: 13.33 hours are 199,95 €, 13.34 hours 200,10 €."""
    worth = FundingInput(kind=FundingKind.OWN_WORK, label="Team", hours_hundredths=hours).value_cents(1_500)
    fund = funds((FundingKind.OWN_WORK, worth))
    found = draft(asked=100_000 - worth, cost=costs((CostKind.MATERIAL, 100_000)), fund=fund)

    assert [problem.field for problem in check_plan(found)] == problems


# Shares of 1.000,03 €, none of which is a whole cent: what one may have is rounded down, what one must bring up.
ODD = 100_003


@pytest.mark.parametrize(("asked", "problems"), [(80_002, []), (80_003, ["requested_cents"])])
def test_max_rate_of_an_odd_sum(asked: int, problems: list[str]) -> None:
    assert plan(asked, ODD - asked, max_rate_percent=80) == problems


@pytest.mark.parametrize(("own", "problems"), [(10_001, []), (10_000, ["funding_lines"])])
def test_own_share_of_an_odd_sum(own: int, problems: list[str]) -> None:
    assert plan(ODD - own, own, own_share_percent=10) == problems


@pytest.mark.parametrize(("food", "problems"), [(10_000, []), (10_001, ["cost_lines"])])
def test_kind_cap_of_an_odd_sum(food: int, problems: list[str]) -> None:
    cost = costs((CostKind.FOOD, food), (CostKind.MATERIAL, ODD - food))
    found = draft(asked=ODD, cost=cost, fund=(), terms={"kind_caps": {"food": {"percent": 10}}})

    assert [problem.field for problem in check_plan(found)] == problems


@pytest.mark.parametrize(("work", "problems"), [(20_000, []), (20_001, ["funding_lines"])])
def test_in_kind_cap_of_an_odd_sum(work: int, problems: list[str]) -> None:
    fund = funds((FundingKind.OWN_WORK, work))
    found = draft(asked=ODD - work, cost=costs((CostKind.MATERIAL, ODD)), fund=fund)

    assert [problem.field for problem in check_plan(found)] == problems


@pytest.mark.parametrize(
    ("asked", "words"),
    [(79_999, "0,01\u00a0€ are still missing"), (80_000, ""), (80_001, "is 0,01\u00a0€ too high")],
)
def test_balance_names_the_gap(asked: int, words: str) -> None:
    with translation.override("en"):
        messages = [problem.message for problem in check(draft(asked=asked))]

    assert len(messages) == (1 if words else 0)
    assert all(words in message for message in messages)


def test_plan_without_a_line_asks_for_one_and_for_nothing_else() -> None:
    """The amount may be there already, from the five questions."""
    empty = draft(asked=80_000, cost=(), fund=())

    assert fields(empty) == ["cost_lines"]
    assert [limit.kept for limit in limits(empty)] == [True] * len(limits(empty))


@pytest.mark.parametrize(("least", "problems"), [(80_000, []), (80_001, ["smallest_cents"]), (None, []), (0, [])])
def test_smallest(least: int | None, problems: list[str]) -> None:
    assert fields(draft(entries={"smallest_cents": least})) == problems


@pytest.mark.parametrize(("offered", "problems"), [(80_000, []), (79_999, ["requested_cents"]), (None, [])])
def test_revised_plan_asks_for_the_offer_or_less(offered: int | None, problems: list[str]) -> None:
    assert fields(draft(entries={"offered_cents": offered})) == problems


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda line: setattr(line, "kind", ""), "kind"),
        (lambda line: setattr(line, "label", ""), "label"),
        (lambda line: setattr(line, "amount_cents", 0), "unit"),
    ],
)
def test_cost_lines_are_complete(change: Callable[[CostLine], None], field: str) -> None:
    lines = costs((CostKind.MATERIAL, 100_000), (CostKind.FEES, 0))
    lines[1].amount_cents = 1
    change(lines[1])

    found = next(p for p in check_plan(draft(cost=lines)) if p.field == field)
    assert (found.section, found.line) == ("plan", 2)


def test_public_money_names_its_giver() -> None:
    lines = funds((FundingKind.PUBLIC, 20_000))
    lines[0].label = ""

    assert [(p.field, p.line) for p in check(draft(fund=lines))] == [("funding_label", 1)]


def test_empty_plan() -> None:
    assert fields(draft(cost=(), fund=(), asked=0)) == ["cost_lines", "requested_cents"]


def starting(on: date, *, rule: str, up_to: int | None = None, session: str | None = None, small: int = 0) -> list[str]:
    chain = [{"body": "Ausschuss", "on": session, "decides": True}]
    terms = {
        "start_rule": rule, "start_rule_up_to_cents": up_to, "committee_chain": chain, "fast_track_max_cents": small,
    }  # fmt: skip
    made = draft(terms=terms, entries={"starts_on": on, "ends_on": date(2027, 8, 31)})
    return fields(replace(made, day=date(2027, 2, 1)))


@pytest.mark.parametrize("rule", ["on_submission", "on_consent", "on_award"])
def test_project_does_not_begin_before_the_day_of_sending(rule: str) -> None:
    assert starting(date(2027, 1, 31), rule=rule) == ["starts_on"]
    assert starting(date(2027, 2, 1), rule=rule) == []


def test_project_that_waits_for_the_award_begins_after_the_last_session() -> None:
    assert starting(date(2027, 4, 15), rule="on_award", session="2027-04-15") == ["starts_on"]
    assert starting(date(2027, 4, 16), rule="on_award", session="2027-04-15") == []


def test_start_after_sending_holds_up_to_the_limit_of_costs() -> None:
    early, session, cost = date(2027, 4, 1), "2027-04-15", 1_000 * EURO
    assert starting(early, rule="on_submission", up_to=cost, session=session) == []
    assert starting(early, rule="on_submission", up_to=cost - 1, session=session) == ["starts_on"]
    assert starting(early, rule="on_consent", session=session) == []


def test_small_project_waits_for_no_session() -> None:
    early, session, asked = date(2027, 4, 1), "2027-04-15", 800 * EURO
    assert starting(early, rule="on_award", session=session, small=asked) == []
    assert starting(early, rule="on_award", session=session, small=asked - 1) == ["starts_on"]


def test_line_with_which_a_limit_is_passed_is_named() -> None:
    food = (CostKind.FOOD, 30 * EURO)
    cost = costs((CostKind.MATERIAL, 910 * EURO), food, food, food)
    found = check(draft(terms={"kind_caps": {"food": {"cents": 89 * EURO}}}, cost=cost))
    work = funds((FundingKind.OWN_CASH, 100 * EURO), (FundingKind.OWN_WORK, 60 * EURO), (FundingKind.OWN_WORK, EURO))
    other = check(draft(terms={"in_kind_cap_percent": 6}, fund=work, asked=839 * EURO))

    assert [(problem.field, problem.line) for problem in found] == [("cost_lines", 4)]
    assert [(problem.field, problem.line) for problem in other] == [("funding_lines", 3)]


EMPTY = {
    **dict.fromkeys((*TEXTS, "municipality"), ""),
    **dict.fromkeys(("starts_on", "ends_on", "planned_participants")),
    **dict.fromkeys(("not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read"), False),
}
TOO_MUCH = {
    "max_rate_percent": 50, "own_share_percent": 40, "in_kind_cap_percent": 1, "minimum_cents": 90_000 * EURO,
    "kind_caps": {"food": {"percent": 1}}, "applicant_types": ["person"], "max_duration_months": 1,
    "required_attachments": {"association": ["register"]},
}  # fmt: skip


@pytest.mark.parametrize(
    "found",
    [
        replace(draft(entries=EMPTY, cost=(), fund=(), asked=0, kinds=frozenset()), day=date(2027, 2, 1)),
        replace(
            draft(
                terms=TOO_MUCH,
                entries={"municipality": "Hamburg", "starts_on": date(2027, 1, 1), "smallest_cents": 10**9},
                organisation={"city": "Hamburg", "street": ""},
                cost=costs((CostKind.FOOD, 1_000 * EURO), ("", 0)),
                fund=funds((FundingKind.OWN_WORK, 100 * EURO), ("", 0)),
                others=1,
            ),
            day=date(2027, 2, 1),
        ),
    ],
    ids=["nothing there", "everything broken"],
)
def test_pages_tell_while_typing_what_sending_would_refuse(found: Draft) -> None:
    whole = check(found)
    told = {section: check_page(found, section) for section in Section}

    assert {section: [p for p in whole if p.section == section] for section in Section} == told
    # These two pages are judged without asking for anything but the record (autosave of the longest texts).
    assert all(missing(found.application, s) == told[s] for s in (Section.CONTENT, Section.EFFECT))
    assert len(whole) > 15


def test_limits_tell_what_a_plan_uses() -> None:
    terms = {"kind_caps": {"food": {"percent": 10}}, "own_share_percent": 20, "minimum_cents": EURO}
    with translation.override("en"):
        found = limits(draft(terms=terms))

    assert [(limit.label, limit.used, limit.limit, limit.kept) for limit in found] == [
        ("Food", "0,00\u00a0€", "at most 100,00\u00a0€", True),
        ("Own work (hours)", "0,00\u00a0€", "at most 200,00\u00a0€", True),
        ("Own share", "200,00\u00a0€", "at least 200,00\u00a0€", True),
        ("Grant that you request", "800,00\u00a0€", "from 1,00\u00a0€ to 1.000,00\u00a0€", True),
    ]


def test_limits_that_are_not_kept_say_so() -> None:
    terms = {"kind_caps": {"material": {"percent": 10}}, "own_share_percent": 21, "maximum_cents": 799 * EURO}

    assert [limit.kept for limit in limits(draft(terms=terms))] == [False, True, False, False]
