"""The public list of awards: only what was announced, and nobody who did not agree to be named."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Organisation
from accounts.states import OrganisationKind
from grants.models import Application, FormerAward, Import, Round
from grants.states import ImportKind, RoundState
from notifications.models import Letter
from notifications.states import LetterState
from payments.models import Award
from payments.queries import published as queries
from payments.states import AwardState
from tests.factories import change_round, make_fund, make_round
from tests.payments import chain
from tests.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
EFFECT = date(2026, 11, 6)


@pytest.fixture
def case(db: None) -> chain.Case:
    """An award of 2,500 euros to an association, posted on 2 November and so in effect on the 6th."""
    chain.at(chain.NOW)
    made = chain.make_case(round_state=RoundState.DECIDED)
    chain.post(made, chain.released(made))
    chain.days_later(4)
    chain.all_sweeps()
    name(made.application, "Brücke e. V.", title="Sprachcafé")
    return made


def name(application: Application, organisation: str, **fields: Any) -> None:
    Organisation.objects.filter(applications=application).update(name=organisation)
    found = Application.objects.get(pk=application.pk)
    for field, value in fields.items():
        setattr(found, field, value)
    found.save()


def page(client: Client, case: chain.Case, query: str = "") -> str:
    address = reverse("payments:published", args=[case.office.fund.slug])
    answer = client.get(f"{address}{query}", headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def listed(case: chain.Case, on: date = EFFECT) -> list[str]:
    awards = queries.announced(case.office.fund, on)
    return [line.organisation for line in queries.lines(queries.rows(awards))]


def become(case: chain.Case, kind: str, *, consent: bool) -> None:
    Organisation.objects.filter(pk=case.organisation.pk).update(kind=kind)
    Application.objects.filter(pk=case.application.pk).update(publication_consent=consent)


def test_an_award_is_listed_with_organisation_project_and_amount(client: Client, case: chain.Case) -> None:
    body = page(client, case)

    assert "Brücke e. V." in body
    assert "Sprachcafé" in body
    assert body.count("2.500,00\u00a0€") == 3  # its line, the sum of all, the sum of the year


@pytest.mark.parametrize(("days", "shown"), [(-1, []), (0, ["Brücke e. V."])])
def test_an_award_is_listed_from_the_day_of_its_effect(case: chain.Case, days: int, shown: list[str]) -> None:
    assert listed(case, EFFECT + timedelta(days=days)) == shown


def test_an_award_whose_letter_is_not_announced_is_not_listed(case: chain.Case) -> None:
    found = {}
    for state in LetterState:
        with undone():
            Letter.objects.update(state=state)
            found[state] = bool(listed(case))

    assert [state for state, shown in found.items() if shown] == [LetterState.ANNOUNCED]


def test_what_came_to_nothing_is_not_listed(case: chain.Case) -> None:
    found = {}
    for state in AwardState:
        with undone():
            Award.objects.update(state=state)
            found[state] = bool(listed(case))

    hidden = [state for state, shown in found.items() if not shown]
    assert hidden == [AwardState.ISSUED, AwardState.RELINQUISHED, AwardState.VOID]


def test_a_round_that_publishes_nothing_is_not_listed(case: chain.Case) -> None:
    change_round(case.application.round, publish_awards=False)
    assert listed(case) == []


def test_awards_stay_listed_when_the_round_is_over(client: Client, case: chain.Case) -> None:
    Round.objects.update(state=RoundState.ARCHIVED)
    assert "Brücke e. V." in page(client, case)


def test_private_people_are_named_only_with_their_consent(case: chain.Case) -> None:
    named = set()
    for kind in OrganisationKind:
        for consent in (True, False):
            with undone():
                become(case, kind, consent=consent)
                named |= {(kind, consent)} if listed(case) else set()

    asked = (OrganisationKind.PERSON, OrganisationKind.INITIATIVE)
    assert named == {(kind, consent) for kind in OrganisationKind for consent in (True, False)} - {
        (kind, False) for kind in asked
    }


def test_who_is_not_named_counts_in_the_sums_only(client: Client, case: chain.Case) -> None:
    become(case, OrganisationKind.PERSON, consent=False)
    body = page(client, case)

    assert "Brücke" not in body
    assert "Sprachcafé" not in body
    assert "1 project of private people with 2.500,00\u00a0€" in body
    assert "No named project" in body


QUERIES = ("?q=Brücke", "?q=sprachcafe", "?q=bruecke&year=2026", "?q=Hannover")


def test_a_search_tells_nothing_of_who_is_not_named(client: Client, case: chain.Case) -> None:
    before = [page(client, case, query).count("2.500,00") for query in QUERIES]

    become(case, OrganisationKind.PERSON, consent=False)
    nonsense = page(client, case, "?q=xyzxyz").count("2.500,00")
    after = [page(client, case, query) for query in QUERIES]

    # Found: its line and the sum of what was found. The sum of the year stands there whatever is searched.
    assert before == [3] * len(QUERIES)
    assert [body.count("2.500,00") for body in after] == [nonsense] * len(QUERIES) == [1] * len(QUERIES)
    assert not any("Brücke e. V." in body for body in after)


def test_words_and_year_filter_and_nonsense_does_not(client: Client, case: chain.Case) -> None:
    found = {
        "?q=SPRACHCAFÉ": True, "?q=bruecke+cafe": True, "?q=nirgends": False, "?year=2026": True, "?year=2025": True,
        "?year=nonsense": True, "?q=%00": True, "?page=99": True,
    }  # fmt: skip
    assert {query: "Brücke e. V." in page(client, case, query) for query in found} == found


def test_years_of_the_filter_are_written_as_years(client: Client, case: chain.Case) -> None:
    address = reverse("payments:published", args=[case.office.fund.slug])
    body = client.get(address, headers={"accept-language": "de"}).content.decode()

    assert '<option value="2026">2026</option>' in " ".join(body.split())


def test_sums_stand_by_year(case: chain.Case) -> None:
    other = chain.make_case(case.office, budget=case.budget, decided_cents=100_000)
    chain.post(other, chain.released(other))
    chain.days_later(8)
    chain.all_sweeps()
    become(other, OrganisationKind.INITIATIVE, consent=False)
    change_round(other.application.round, budget_year=2025)
    awards = queries.announced(case.office.fund, clock.today())

    assert queries.sums_by_year(awards, FormerAward.objects.none()) == [
        queries.YearSums(2026, queries.Sums(1, 250_000), queries.Sums(0, 0)),
        queries.YearSums(2025, queries.Sums(1, 100_000), queries.Sums(1, 100_000)),
    ]
    assert queries.named_sums(awards) == queries.Sums(1, 250_000)


def test_awards_of_other_funds_are_not_listed(client: Client, case: chain.Case) -> None:
    other = Round.objects.get(pk=case.application.round_id)
    other.pk, other.fund, other.slug = None, make_fund(), "andere"
    other.save()
    address = reverse("payments:published", args=[other.fund.slug])

    body = client.get(address, headers={"accept-language": "en"}).content.decode()

    assert "No project is listed yet" in body
    assert "Brücke" not in body


# --- Former awards ------------------------------------------------------------------------------------------


def former(case: chain.Case, number: int, **fields: Any) -> FormerAward:
    """An award of the years before this program."""
    fund, staff = fields.pop("fund", case.office.fund), case.office.officer
    batch, _new = Import.objects.get_or_create(
        fund=fund, kind=ImportKind.AWARDS, name="alt.csv", path=f"alt-{fund.pk}", size=1, sha256="0" * 64,
        uploaded_by=staff,
    )  # fmt: skip
    known: dict[str, Any] = {
        "key": f"n:{number}", "digest": "0" * 64, "budget_year": 2020, "organisation_name": f"Alt {number}",
        "title": "Fest", "amount_cents": 100_000, "private": False, "publish": True,
    }  # fmt: skip
    return FormerAward.objects.create(fund=fund, batch=batch, **known | fields)


def test_former_awards_stand_below_those_of_the_books_with_sums(client: Client, case: chain.Case) -> None:
    former(case, 1)
    former(case, 2, budget_year=2021, organisation_name="Chor Süd", title="Singen")
    body = page(client, case)

    assert body.index("Brücke") < body.index("Chor Süd") < body.index("Alt 1")
    assert "4.500,00\u00a0€" in body
    assert "Alt 1" not in page(client, case, "?year=2021")
    found = page(client, case, "?q=sued")
    assert "Chor Süd" in found
    assert "Brücke" not in found
    assert "1.000,00\u00a0€" in found


def test_private_people_of_former_years_are_counted_and_named_only_with_consent(
    client: Client, case: chain.Case
) -> None:
    former(case, 1, organisation_name="Maria Muster", private=True, publish=False)
    former(case, 2, organisation_name="Mit Einwilligung", private=True)
    former(case, 3, organisation_name="Nicht öffentlich", publish=False)
    body = page(client, case)

    assert "Mit Einwilligung" in body
    assert "Maria" not in body
    assert "Nicht öffentlich" not in body
    assert "1 project of private people with 1.000,00\u00a0€" in body
    assert "4.500,00\u00a0€" in body
    assert "Fest" not in page(client, case, "?q=maria")


def test_pages_run_on_from_the_books_into_former_years(client: Client, case: chain.Case) -> None:
    for number in range(60):
        former(case, number, organisation_name=f"Verein {number:02}")
    first, second = page(client, case), page(client, case, "?page=2")

    assert (first.count("Verein "), second.count("Verein ")) == (49, 11)
    assert "Brücke" in first
    assert "Brücke" not in second
    assert "Verein 00" in second


def test_a_fund_with_former_awards_alone_has_a_list(client: Client, case: chain.Case) -> None:
    fund = make_round(state=RoundState.CLOSED).fund
    page_of_fund, address = reverse("grants:fund", args=[fund.slug]), reverse("payments:published", args=[fund.slug])
    assert address not in client.get(page_of_fund).content.decode()
    former(case, 1, fund=fund)
    assert address in client.get(page_of_fund).content.decode()
