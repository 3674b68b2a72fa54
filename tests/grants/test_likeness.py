"""Cases that may be the same project twice: found over years and funds, and not found where they are not."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Membership, User
from accounts.states import MemberRole, Role
from accounts.text import register_key
from grants import likeness
from grants.models import Application, SimilarTitle
from grants.models.plans import FundingLine
from grants.states import ApplicationState as S
from grants.states import FundingKind, FundingState, VersionReason
from grants.steps import freeze
from grants.tasks import sweep
from tests.factories import give_role, make_application, make_bank_account, make_fund, make_member, make_organisation
from tests.grants.office_world import Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

TITLE = "Sprachcafé für Mütter in Linden"


@pytest.fixture
def office() -> Office:
    return make_office()


def elsewhere(office: Office) -> Office:
    """Another fund, in whose office the same officer works."""
    other = make_office(fund=make_fund(name="Bezirksfonds Linden"))
    give_role(office.officer, other.fund, Role.CASE_OFFICER)
    return other


def found(case: Application, person: User) -> dict[str | None, tuple[str, ...]]:
    """Number of each neighbour, with what both have in common, as the officer reads it."""
    fresh = Application.objects.select_related("organisation").get(pk=case.pk)
    neighbours = likeness.neighbours_of(fresh, person)
    return {other.case.case_number: tuple(map(str, other.grounds)) for other in neighbours.cases}


def with_organisation(office: Office, title: str = "Etwas ganz anderes", **fields: Any) -> Application:
    return office.case(title=title, organisation=make_organisation(**fields))


# --- Who and what ------------------------------------------------------------------------------------------


def test_the_same_organisation_is_found_in_another_year_and_another_fund(office: Office) -> None:
    case = office.case(title="Chor der Kulturen")
    year_before = make_office(fund=office.fund, budget_year=2025)
    last_year = year_before.case(title="Fahrradwerkstatt", organisation=case.organisation)
    in_the_other_fund = elsewhere(office).case(title="Gartenfest", organisation=case.organisation)

    assert found(case, office.officer) == {
        last_year.case_number: ("dieselbe Organisation",),
        in_the_other_fund.case_number: ("dieselbe Organisation",),
    }


def test_the_same_register_number_is_found_however_it_is_written(office: Office) -> None:
    case = with_organisation(office, register_number="VR 4711", register_court="Amtsgericht Hannover")
    same = with_organisation(office, "Zweitens", register_number="vr-4711", register_court="AG Hannover")
    unsaid = with_organisation(office, "Drittens", register_number="VR4711", register_court="")
    with_organisation(office, "Viertens", register_number="VR 4711", register_court="Amtsgericht Hamburg")
    with_organisation(office, "Fünftens", register_number="VR 47112", register_court="Amtsgericht Hannover")

    ground = ("dieselbe Registernummer",)
    assert found(case, office.officer) == {same.case_number: ground, unsaid.case_number: ground}


def test_organisations_without_a_number_have_none_in_common(office: Office) -> None:
    case = with_organisation(office, register_number="")
    with_organisation(office, "Zweitens", register_number="–")
    with_organisation(office, "Drittens", register_number="")

    assert found(case, office.officer) == {}


def test_the_same_bank_account_is_found_after_it_was_replaced(office: Office) -> None:
    case, other = with_organisation(office), with_organisation(office, "Zweitens")
    iban = "DE89370400440532013000"
    for one in (case, other):
        assert one.organisation is not None
        make_bank_account(one.organisation, make_member(one.organisation), iban=iban)
    assert other.organisation is not None
    make_bank_account(other.organisation, make_member(other.organisation), iban="DE02120300000000202051")

    assert found(case, office.officer) == {other.case_number: ("dieselbe Bankverbindung",)}
    assert found(other, office.officer) == {case.case_number: ("dieselbe Bankverbindung",)}


@pytest.mark.parametrize(
    ("title", "alike"),
    [
        ("Sprachcafé für Mütter in Linden", True),
        ("SPRACHCAFE FUER MUETTER, LINDEN 2025", True),
        ("In Linden: das Sprachcafé für die Mütter", True),
        ("Sprachcafes für Mütter in Linden", True),
        ("Sprachcafé für Väter in Ricklingen", False),
        ("Nachbarschaftsgarten in Linden", False),
        ("Café", False),
    ],
)
def test_a_similar_title_of_another_organisation_is_found(office: Office, title: str, alike: bool) -> None:
    case = with_organisation(office, TITLE)
    other = with_organisation(elsewhere(office), title)
    sweep()

    assert set(found(case, office.officer)) == ({other.case_number} if alike else set())
    assert set(found(other, office.officer)) == ({case.case_number} if alike else set())
    if alike:
        ground = found(case, office.officer)[other.case_number]
        assert ground == found(other, office.officer)[case.case_number]
        assert ground[0].startswith("Titel zu ")


def test_all_grounds_of_a_case_are_named(office: Office) -> None:
    case = office.case(title=TITLE)
    again = office.case(title=TITLE, organisation=case.organisation)
    sweep()

    assert found(case, office.officer) == {again.case_number: ("dieselbe Organisation", "Titel zu 100 % ähnlich")}


# --- What is not found -------------------------------------------------------------------------------------


def test_what_the_reader_may_not_see_is_not_counted(office: Office) -> None:
    case = office.case(title=TITLE)
    foreign = make_office(fund=make_fund(name="Fremder Fonds")).case(title=TITLE, organisation=case.organisation)
    make_application(round=office.round, state=S.DRAFT, title=TITLE, organisation=case.organisation)
    sweep()

    assert found(case, office.officer) == {}
    give_role(office.officer, foreign.fund, Role.CASE_OFFICER)
    assert set(found(case, User.objects.get(pk=office.officer.pk))) == {foreign.case_number}


def test_a_case_of_ones_own_organisation_is_not_shown(office: Office) -> None:
    case = with_organisation(office, TITLE)
    other = with_organisation(office, TITLE)
    assert other.organisation is not None
    Membership.objects.create(organisation=other.organisation, user=office.second, role=MemberRole.READER)
    sweep()

    assert set(found(case, office.officer)) == {other.case_number}
    assert found(case, office.second) == {}


def test_no_more_than_a_page_of_them_is_listed(office: Office) -> None:
    case = office.case(title="Chor der Kulturen")
    for number in range(likeness.SHOWN + 1):
        office.case(title=f"Vorhaben {number}", organisation=case.organisation)
    neighbours = likeness.neighbours_of(case, office.officer)

    assert (len(neighbours.cases), neighbours.more) == (likeness.SHOWN, True)


# --- Comparing beforehand ----------------------------------------------------------------------------------


def test_each_title_is_compared_once(office: Office) -> None:
    office.case(title=TITLE)
    other = with_organisation(office, TITLE)

    assert likeness.compare_new_titles() == 2
    assert likeness.compare_new_titles() == 0
    assert SimilarTitle.objects.count() == 1

    Application.objects.filter(pk=other.pk).update(title="Nachtschicht", title_key="nachtschicht")
    assert likeness.compare_new_titles() == 1
    assert SimilarTitle.objects.count() == 0


def test_a_draft_is_compared_when_it_is_sent(office: Office) -> None:
    with_organisation(office, TITLE)
    draft = make_application(round=office.round, state=S.DRAFT, title=TITLE)
    assert likeness.compare_new_titles() == 1

    Application.objects.filter(pk=draft.pk).update(state=S.SUBMITTED, case_number="X-1", submitted_at=draft.created_at)
    assert likeness.compare_new_titles() == 1
    assert SimilarTitle.objects.get().percent == 100


def test_a_title_that_everybody_uses_tells_of_the_nearest_ones_only(office: Office) -> None:
    for _number in range(likeness.PAIRS_AT_MOST + 2):
        with_organisation(office, TITLE)
    last = with_organisation(office, TITLE)
    Application.objects.exclude(pk=last.pk).update(title_compared=last.title_key)

    likeness.compare_new_titles()

    assert SimilarTitle.objects.count() == likeness.PAIRS_AT_MOST


def test_the_database_keeps_each_pair_once(office: Office) -> None:
    first, second = office.case(title="Eins"), office.case(title="Zwei")
    with pytest.raises(IntegrityError), transaction.atomic():
        SimilarTitle.objects.create(application=first, earlier=second, percent=90)
    with pytest.raises(IntegrityError), transaction.atomic():
        SimilarTitle.objects.create(application=first, earlier=first, percent=90)
    with pytest.raises(IntegrityError), transaction.atomic():
        SimilarTitle.objects.create(application=second, earlier=first, percent=101)
    SimilarTitle.objects.create(application=second, earlier=first, percent=90)
    with pytest.raises(IntegrityError), transaction.atomic():
        SimilarTitle.objects.create(application=second, earlier=first, percent=80)


WORDS = st.lists(st.sampled_from(["sprachcafe", "muetter", "linden", "garten", "chor"]), min_size=1, max_size=5)


@given(WORDS, st.randoms())
def test_order_small_words_and_years_do_not_tell_titles_apart(words: list[str], random: Any) -> None:
    mixed = [*words, "fuer", "die", "2025", "in"]
    random.shuffle(mixed)
    assert likeness.essence(" ".join(mixed)) == " ".join(sorted(words))


@given(st.text(max_size=60))
def test_a_register_key_has_letters_and_digits_alone(number: str) -> None:
    key = register_key(number)
    assert all(sign.isalnum() for sign in key)
    assert len(key) <= 40
    assert register_key(f" {number}- ") == key


# --- The page ----------------------------------------------------------------------------------------------


def test_the_officer_reads_neighbours_and_named_funders_beside_the_checklist(client: Client, office: Office) -> None:
    case = make_application(round=office.round, state=S.SUBMITTED, title=TITLE)
    FundingLine.objects.create(
        application=case, position=1, kind=FundingKind.PUBLIC, label="Stadt Hannover", status=FundingState.APPLIED,
        amount_cents=123_456,
    )  # fmt: skip
    freeze(case, reason=VersionReason.SUBMIT, by=case.created_by, now=case.created_at)
    other = elsewhere(office).case(title="Gartenfest", organisation=case.organisation, requested_cents=250_000)
    client.force_login(office.officer)
    text = client.get(reverse("grants:office_check", args=[case.pk])).content.decode()

    assert "Doppelt gefördert?" in text
    assert "Stadt Hannover" in text
    assert "1.234,56\xa0€, beantragt" in text
    assert f'href="/cases/{other.pk}/"' in text
    assert "Gartenfest" in text
    assert "dieselbe Organisation" in text
    assert "noch nicht verglichen" in text

    sweep()
    text = client.get(reverse("grants:office_check", args=[case.pk])).content.decode()
    assert "noch nicht verglichen" not in text


def test_a_case_without_neighbours_says_where_was_looked(client: Client, office: Office) -> None:
    case = office.case(title=TITLE)
    client.force_login(office.officer)
    text = client.get(reverse("grants:office_check", args=[case.pk])).content.decode()

    assert "Keine in den Fonds, die Sie sehen können" in text
