"""Initiatives and private persons are told and asked in their own words, and no more than they can have."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.states import OrganisationKind
from tests.factories import make_member, make_organisation

pytestmark = pytest.mark.django_db


def page(kind: OrganisationKind, name: str) -> str:
    organisation = make_organisation(kind=kind, name="Nachbarn am Kanal")
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(organisation))
    return client.get(reverse(name, args=[organisation.pk])).content.decode()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (OrganisationKind.ASSOCIATION, "letters and money go to this organisation."),
        (OrganisationKind.INITIATIVE, "letters go to this address."),
        (OrganisationKind.PERSON, "letters and money go to you."),
    ],
)
def test_own_page_says_where_letters_and_money_go(kind: OrganisationKind, told: str) -> None:
    text = page(kind, "accounts:organisation")

    assert told in text
    assert ("Keep statutes, tax exemption notice" in text) == (kind == OrganisationKind.ASSOCIATION)
    assert ("Hand the organisation over" in text) == (kind != OrganisationKind.PERSON)


def test_an_initiative_enters_the_account_of_one_of_its_people() -> None:
    text = page(OrganisationKind.INITIATIVE, "accounts:bank_account_add")

    assert "The account of one of the people who answer for the initiative." in text
    assert 'value="Nachbarn am Kanal"' not in text


def test_an_association_is_proposed_as_holder() -> None:
    assert 'value="Nachbarn am Kanal"' in page(OrganisationKind.ASSOCIATION, "accounts:bank_account_add")
