"""What of a round becomes the terms of an award; instalments add up to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.states import OrganisationKind
from grants.models import Round
from grants.states import FundingType
from payments.states import AwardState
from payments.terms import ancillary_of, frozen_terms, funding_type, instalments_of, remedy_of, withheld_cents
from tests import factories

percents = st.integers(1, 99)


@given(cents=st.integers(1, 10_000_000), first=percents)
def test_instalments_add_up_and_what_is_due_is_not_withheld(cents: int, first: int) -> None:
    plan = [{"percent": first, "when": "on_finality"}, {"percent": 100 - first, "when": "after_proof"}]

    parts = instalments_of(Round(instalments=plan), cents)

    assert sum(part.amount_cents for part in parts) == cents
    later = sum(part.amount_cents for part in parts if "Verwendungsnachweises" in part.condition)
    assert withheld_cents({"instalments": plan}, cents, AwardState.FINAL) == later
    assert withheld_cents({"instalments": plan}, cents, AwardState.BASIC_CHECKED) == 0


def test_retention_is_held_back_until_the_first_check() -> None:
    terms = {"instalments": [], "final_retention_percent": 10}

    assert withheld_cents(terms, 250_005, AwardState.ACTIVE) == 25_001


def test_funding_type_follows_the_amount() -> None:
    round_ = Round(fixed_up_to_cents=500_000, funding_type_above=FundingType.SHARE)

    assert [funding_type(round_, cents) for cents in (500_000, 500_001)] == [FundingType.FIXED, FundingType.SHARE]


@pytest.mark.django_db
def test_terms_are_frozen_and_remedy_names_the_court() -> None:
    application = factories.make_application()
    round_ = application.round
    terms = frozen_terms(round_)
    factories.change_round(round_, use_by_months=6)

    assert terms["use_by_months"] == 2
    assert remedy_of(round_, round_.fund) == (
        "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim"
        " Verwaltungsgericht Hannover erhoben werden."
    )


@pytest.mark.django_db
def test_municipalities_have_ancillary_provisions_of_their_own() -> None:
    club = factories.make_application()
    town = factories.make_application(organisation=factories.make_organisation(kind=OrganisationKind.MUNICIPALITY))

    assert [ancillary_of(club), ancillary_of(town)] == ["ANBest-P", "ANBest-Gk"]
