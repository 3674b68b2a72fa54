"""Every page of jury and committees opens for whom it is meant, and for nobody else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from accounts.states import MemberRole, Role
from grants.states import RoundState
from reviews.models import Paper, Review
from reviews.states import ReviewState
from tests import factories as make
from tests.reviews.worlds import World, fill, fresh, make_world, start, to_committee

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

Person = Callable[[World], User]
PEOPLE: dict[str, Person] = {
    "coordinator": lambda w: w.coordinator,
    "clerk": lambda w: w.clerk,
    "head": lambda w: w.head,
    "officer": lambda w: w.officer,
    "chair": lambda w: w.chair.user,
    "deputy": lambda w: w.deputy.user,
    "juror": lambda w: w.jurors[2].user,
    "auditor": lambda w: make.make_auditor(w.fund),
    "finance": lambda w: make.make_staff(w.fund, Role.FINANCE_A),
    "applicant": lambda w: w.cases[0].created_by,
    "stranger": lambda w: make.make_staff(make.make_fund(), Role.COORDINATOR, Role.COMMITTEE_CLERK, Role.HEAD_OF_UNIT),
}
STAFF = {"coordinator", "clerk", "head", "officer", "auditor"}
JURY = {"chair", "deputy", "juror"}
ROUND_PAGES: dict[str, set[str]] = {
    "round": STAFF,
    "desk": STAFF,
    "jurors": {"coordinator"},
    "assign": {"coordinator"},
    "scoring": {"coordinator"},
    "session": {"coordinator", "chair", "deputy"},
    "ranking": STAFF | JURY,
    "paper": {"coordinator"},
    "decisions": STAFF,
    "reserve_list": STAFF,
}
CASE_PAGES: dict[str, set[str]] = {
    "vote": {"chair"},
    "decision": {"clerk"},
    "correction": {"coordinator", "clerk", "head", "officer"},
    "move_up": {"head"},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_open_for_whom_they_are_meant(client: Client, who: str) -> None:
    world = to_committee()
    client.force_login(PEOPLE[who](world))
    paper = Paper.objects.get()
    expected = {
        reverse(f"reviews:{name}", args=[world.round.pk]): who in people for name, people in ROUND_PAGES.items()
    }
    expected |= {
        reverse(f"reviews:{name}", args=[world.cases[0].pk]): who in people for name, people in CASE_PAGES.items()
    }
    expected |= {
        reverse("reviews:end_seat", args=[world.round.pk, world.chair.pk]): who == "coordinator",
        reverse("reviews:groups"): who in ("coordinator", "stranger"),
        reverse("reviews:group_new"): who in ("coordinator", "stranger"),
        reverse("reviews:paper_read", args=[paper.pk]): who in STAFF,
        reverse("reviews:jury"): who in JURY,
        reverse("reviews:conflicts"): who in ("chair", "deputy"),
    }

    found = {url: client.get(url).status_code for url in expected}

    assert found == {url: 200 if allowed else 404 for url, allowed in expected.items()}


def test_anonymous_is_sent_to_sign_in(client: Client) -> None:
    world = to_committee()
    for name in ROUND_PAGES:
        answer = client.get(reverse(f"reviews:{name}", args=[world.round.pk]))
        assert answer.status_code == 302
        assert "/login" in answer["Location"] or "/konto/" in answer["Location"]


def test_own_sheet_opens_for_its_juror_only(client: Client) -> None:
    world = start(make_world())
    sheet = world.sheet(world.cases[0], world.jurors[2])
    for who, person in PEOPLE.items():
        client.force_login(person(world))
        assert client.get(reverse("reviews:sheet", args=[sheet.pk])).status_code == (200 if who == "juror" else 404), (
            who
        )


def test_declaration_shows_the_organisation_and_no_document(client: Client) -> None:
    world = start(make_world())
    case, sheet = world.cases[0], world.sheet(world.cases[0], world.jurors[2])
    client.force_login(world.jurors[2].user)

    page = client.get(reverse("reviews:sheet", args=[sheet.pk])).content.decode()

    assert case.organisation is not None
    assert case.organisation.name in page
    assert case.title not in page
    assert case.summary not in page


def sheet_data(world: World, sheet: Review, value: str = "4", **more: str) -> dict[str, str]:
    data = {"version": str(sheet.version), "comment": "", "recommendation": "fund", "proposed": "500,00"}
    for criterion in world.round.criteria.all():
        data |= {f"score_{criterion.pk}": value, f"reason_{criterion.pk}": ""}
    return data | more


def opened(world: World, client: Client) -> Review:
    """The third juror's sheet, declared free of conflict through the page."""
    sheet = world.sheet(world.cases[0], world.jurors[2])
    client.force_login(world.jurors[2].user)
    client.post(reverse("reviews:sheet", args=[sheet.pk]), {"declaration": "none", "why": ""})
    return world.sheet(world.cases[0], world.jurors[2])


def test_juror_declares_scores_and_hands_in(client: Client) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    url = reverse("reviews:sheet", args=[sheet.pk])
    assert world.cases[0].summary in client.get(url).content.decode()

    answer = client.post(url, sheet_data(world, sheet))

    done = world.sheet(world.cases[0], world.jurors[2])
    assert (answer.status_code, answer["Location"]) == (302, reverse("reviews:jury"))
    assert (done.state, done.proposed_cents, done.recommendation) == (ReviewState.SUBMITTED, 50_000, "fund")
    assert list(done.scores.values_list("value", flat=True)) == [4] * 8


def test_missing_answers_and_reasons_keep_everything_typed(client: Client) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    first, second, *_ = world.round.criteria.order_by("position")
    data = sheet_data(world, sheet, comment="Mein Text bleibt", proposed="1e9")
    data |= {f"score_{first.pk}": "5", f"score_{second.pk}": ""}

    page = client.post(reverse("reviews:sheet", args=[sheet.pk]), data)

    form = page.context["form"]
    assert set(form.errors) == {f"reason_{first.pk}", f"score_{second.pk}", "proposed"}
    assert "Mein Text bleibt" in page.content.decode()
    assert "1e9" in page.content.decode()
    assert world.sheet(world.cases[0], world.jurors[2]).state == ReviewState.IN_PROGRESS


def test_sheet_that_judges_nothing_is_refused(client: Client) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    page = client.post(reverse("reviews:sheet", args=[sheet.pk]), sheet_data(world, sheet, "x"))
    assert set(page.context["form"].errors) == {"__all__"}


def test_draft_keeps_what_is_there(client: Client) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    client.post(reverse("reviews:sheet", args=[sheet.pk]), sheet_data(world, sheet, "", draft="1", comment="halb"))
    kept = world.sheet(world.cases[0], world.jurors[2])
    assert (kept.state, kept.comment) == (ReviewState.IN_PROGRESS, "halb")


def test_autosave_gives_the_new_version_and_an_old_page_loses(client: Client) -> None:
    world = start(make_world())
    sheet = opened(world, client)
    url = reverse("reviews:sheet_autosave", args=[sheet.pk])

    first = client.post(url, sheet_data(world, sheet, comment="eins"))
    stale = client.post(url, sheet_data(world, sheet, comment="zwei"))
    page = client.post(reverse("reviews:sheet", args=[sheet.pk]), sheet_data(world, sheet, comment="drei"))

    assert (first.status_code, first["X-Version"]) == (204, str(sheet.version + 1))
    assert stale.status_code == 409
    assert page.status_code == 409
    assert "drei" in page.content.decode()
    kept = world.sheet(world.cases[0], world.jurors[2])
    assert (kept.state, kept.comment) == (ReviewState.IN_PROGRESS, "eins")


def test_others_sheets_stay_hidden_until_the_own_one_is_in(client: Client) -> None:
    world = start(make_world())
    case = world.cases[0]
    fill(world, case, world.jurors[0], 1)
    sheet = opened(world, client)
    url = reverse("reviews:sheet", args=[sheet.pk])
    assert "Jury 0" not in client.get(url).content.decode()

    fill(world, case, world.jurors[2], 4)

    assert "Jury 0" in client.get(url).content.decode()


def test_scoring_leaves_the_case_of_the_own_organisation_out(client: Client) -> None:
    world = start(make_world(cases=2))
    own, other = world.cases
    assert own.organisation
    Membership.objects.create(user=world.coordinator, organisation=own.organisation, role=MemberRole.READER)
    client.force_login(world.coordinator)

    page = client.get(reverse("reviews:scoring", args=[world.round.pk]))

    assert [case.pk for case in page.context["cases"]] == [other.pk]
    assert str(own.case_number) not in page.content.decode()
    assert page.context["waiting"] == 1


def test_coordinator_assigns_starts_and_closes_through_pages(client: Client) -> None:
    world = make_world(cases=2)
    client.force_login(world.coordinator)
    args = [world.round.pk]
    ids = [case.pk for case in world.cases]

    client.post(reverse("reviews:assign", args=args), {"applications": ids, "jurors": [j.pk for j in world.jurors]})
    client.post(reverse("reviews:scoring", args=args), {"due_date": "20.12.2026"})
    for case in world.cases:
        for juror in world.jurors[:3]:
            fill(world, case, juror, 3)
    client.post(reverse("reviews:scoring", args=args), {"applications": ids})

    assert {fresh(case).state for case in world.cases} == {"REVIEWED"}
    states = Review.objects.values_list("state", flat=True)
    assert sorted(states) == ["LAPSED"] * 2 + ["LOCKED"] * 6
    world.round.refresh_from_db()
    assert world.round.state == RoundState.SCORING


def test_two_clerks_one_wins_the_other_keeps_the_text(client: Client) -> None:
    world = to_committee()
    case = world.cases[0]
    other = make.make_staff(world.fund, Role.COMMITTEE_CLERK)
    url = reverse("reviews:decision", args=[case.pk])
    data = {"outcome": "recommend", "amount": "800,00", "decided_on": "20.11.2026", "version": str(case.version),
            "reason": "Begründung der Zweiten"}  # fmt: skip

    client.force_login(world.clerk)
    first = client.post(url, data)
    client.force_login(other)
    second = client.post(url, data)

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Begründung der Zweiten" in second.content.decode()
    assert case.decisions.count() == 1
