"""What a change of a round's rules would do to the drafts there are, told before it is saved."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.states import OrganisationKind
from grants import round_effects
from grants.models import Application, FundingLine, Round
from grants.states import ApplicationState as S
from grants.states import FundingKind, RoundState
from tests.factories import make_application, make_organisation, make_round
from tests.grants.office_world import Office, make_office
from tests.grants.test_round_settings import as_posted

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TOO_MUCH = "Beantragt mehr als den Höchstbetrag"


@pytest.fixture
def office() -> Office:
    return make_office(RoundState.DRAFT)


def effects(round_: Round, **values: Any) -> list[tuple[str, int, int]]:
    found = round_effects.outlook(round_, values)
    return [(str(effect.label), effect.before, effect.after) for effect in found.effects]


def card(office: Office, code: str) -> str:
    return reverse("grants:office_round_card", args=[office.round.pk, code])


def send(client: Client, office: Office, code: str, **fields: Any) -> Any:
    return client.post(card(office, code), as_posted(client.get(card(office, code))) | fields)


# --- counted --------------------------------------------------------------------------------------------------


def test_drafts_on_both_sides_of_a_new_limit(office: Office) -> None:
    for cents in (99_999, 100_000, 100_001, 200_000):
        make_application(round=office.round, requested_cents=cents)
    make_application(round=office.round, requested_cents=500_000, state=S.DISCARDED)

    assert effects(office.round, maximum_cents=100_000) == [(TOO_MUCH, 0, 2)]
    assert effects(office.round, maximum_cents=100_001) == [(TOO_MUCH, 0, 1)]
    assert effects(office.round, maximum_cents=200_000) == []
    assert effects(office.round, minimum_cents=100_000) == [("Beantragt weniger als den Mindestbetrag", 0, 1)]
    assert effects(office.round, name="Anders") == []


def test_a_higher_limit_lets_drafts_fit_again() -> None:
    office = make_office(RoundState.DRAFT, maximum_cents=100_000)
    for cents in (100_000, 100_001, 200_001):
        make_application(round=office.round, requested_cents=cents)

    assert effects(office.round, maximum_cents=200_000) == [(TOO_MUCH, 2, 1)]
    assert not round_effects.outlook(office.round, {"maximum_cents": 200_000}).hits_drafts


def test_each_rule_is_measured(office: Office) -> None:
    today = clock.today()
    made = make_application(
        round=office.round, organisation=make_organisation(kind=OrganisationKind.PARISH, city="Uetze"),
        municipality="Laatzen", requested_cents=80_000, own_cents=20_000, priority="Sprache",
        starts_on=today + timedelta(days=30), ends_on=today + timedelta(days=200),
    )  # fmt: skip
    FundingLine.objects.create(
        application=made, position=9, kind=FundingKind.OWN_WORK, hours_hundredths=200, amount_cents=3_000
    )
    Round.objects.filter(pk=office.round.pk).update(priorities=["Sprache"])
    office.round.refresh_from_db()

    def label(**values: Any) -> list[str]:
        return [name for name, _before, _after in effects(office.round, **values)]

    assert label(applicant_types=["association"]) == ["Die Organisation ist von einer Art, die nicht beantragen darf"]
    assert label(places=["Celle"]) == ["Weder Sitz noch Projekt liegen dort, wo die Runde es will"]
    assert label(priorities=[]) == ["Das Schwerpunktfeld wird nicht mehr angeboten"]
    assert label(required_attachments={"parish": ["quote"]}) == ["Eine nötige Unterlage fehlt"]
    assert label(max_rate_percent=79) == ["Beantragt einen größeren Anteil der Kosten als erlaubt"]
    assert label(max_rate_percent=80) == []
    assert label(own_share_percent=24) == ["Der Eigenanteil ist zu klein"]
    assert label(own_share_percent=23) == []
    assert label(max_duration_months=5) == ["Das Projekt dauert zu lange"]
    assert label(in_kind_cap_percent=2) == ["Eigenleistung zählt weniger als geplant"]
    assert label(in_kind_rate_cents=1_600) == ["Eigenleistungsstunden sind mit einem anderen Satz gerechnet"]
    assert label(fast_track_max_cents=80_000) == ["Zu groß für das Schnellverfahren"]
    chain = [{"body": "Rat", "on": (today + timedelta(days=30)).isoformat(), "decides": True}]
    assert label(committee_chain=chain) == ["Beginnt, bevor es darf"]


def test_without_drafts_the_round_before_measures() -> None:
    office = make_office(RoundState.DRAFT, opens_at=clock.now() + timedelta(days=5))
    before = make_round(office.fund, RoundState.RUNNING, name="Runde 2025", maximum_cents=50_000)
    older = make_round(office.fund, RoundState.ARCHIVED, opens_at=clock.now() - timedelta(days=400))
    make_application(round=older, requested_cents=900_000, state=S.REJECTED)
    make_application(round=before, requested_cents=900_000)
    make_application(round=make_round(), requested_cents=900_000, state=S.REJECTED)
    for cents in (100_000, 100_001):
        make_application(round=before, requested_cents=cents, state=S.REJECTED)

    found = round_effects.outlook(office.round, {"maximum_cents": 100_000})

    assert (found.measured, found.former, found.hits_drafts) == (2, "Runde 2025", False)
    assert [(str(e.label), e.before, e.after) for e in found.effects] == [(TOO_MUCH, 0, 1)]


def test_a_first_round_has_nothing_to_measure_by(office: Office) -> None:
    found = round_effects.outlook(office.round, {"maximum_cents": 1})

    assert (found.measured, found.former, list(found.effects)) == (0, "", [])


# --- on the page ----------------------------------------------------------------------------------------------


def test_saving_waits_until_the_effect_was_seen(client: Client, office: Office) -> None:
    make_application(round=office.round, requested_cents=90_000)
    client.force_login(office.coordinator)

    first = send(client, office, "money", maximum_cents="800")

    text = first.content.decode()
    assert "Noch ist nichts gespeichert" in text
    assert TOO_MUCH in text
    assert Round.objects.get(pk=office.round.pk).maximum_cents == 3_000_000
    again = client.post(card(office, "money"), as_posted(first))
    assert again.status_code == 302
    assert Round.objects.get(pk=office.round.pk).maximum_cents == 80_000
    assert Application.objects.get().requested_cents == 90_000


def test_what_was_seen_is_not_what_comes_now(client: Client, office: Office) -> None:
    make_application(round=office.round, requested_cents=90_000)
    client.force_login(office.coordinator)
    first = send(client, office, "money", maximum_cents="800")
    make_application(round=office.round, requested_cents=90_000)

    second = client.post(card(office, "money"), as_posted(first))

    assert second.status_code == 200
    assert [(e.before, e.after) for e in second.context["outlook"].effects] == [(0, 2)]


def test_a_change_that_hits_nobody_is_saved_at_once(client: Client, office: Office) -> None:
    make_application(round=office.round, requested_cents=80_000)
    client.force_login(office.coordinator)

    assert send(client, office, "money", maximum_cents="800").status_code == 302
    assert send(client, office, "money", maximum_cents="900").status_code == 302


def test_one_may_ask_without_saving(client: Client) -> None:
    office = make_office(RoundState.DRAFT, opens_at=clock.now() + timedelta(days=5))
    former = make_round(office.fund, RoundState.RUNNING, name="Runde 2025")
    make_application(round=former, requested_cents=90_000, state=S.REJECTED)
    client.force_login(office.coordinator)

    asked = send(client, office, "money", maximum_cents="800", **{"try": "1"})
    nothing = send(client, office, "basics", **{"try": "1"})

    assert "Gemessen an den Anträgen von „Runde 2025“: 1" in asked.content.decode()
    assert TOO_MUCH in asked.content.decode()
    assert "Für keinen von ihnen würde sich etwas ändern" in nothing.content.decode()
    assert Round.objects.get(pk=office.round.pk).version == 1
    # Former applications ask for no second look.
    assert send(client, office, "money", maximum_cents="800").status_code == 302


def test_rules_of_the_state_are_measured_with_what_they_bring(client: Client, office: Office) -> None:
    Round.objects.filter(pk=office.round.pk).update(
        committee_chain=[{"body": "Rat", "on": date(2099, 1, 1).isoformat(), "decides": True}]
    )
    make_application(round=office.round)
    client.force_login(office.coordinator)

    asked = send(client, office, "basics", rule_profile="NI_2026", **{"try": "1"})

    assert [(str(e.label), e.before, e.after) for e in asked.context["outlook"].effects] == [
        ("Beginnt, bevor es darf", 1, 0)
    ]


def test_measuring_costs_the_same_for_few_and_many(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    data = as_posted(client.get(card(office, "money"))) | {"maximum_cents": "1", "try": "1"}
    counts = []
    for more in (1, 8):
        for _ in range(more):
            make_application(round=office.round)
        with CaptureQueriesContext(connection) as found:
            assert client.post(card(office, "money"), data).status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1]
