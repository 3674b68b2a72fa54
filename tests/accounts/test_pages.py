"""Every page of this floor × every kind of person; what a page does is tested beside its actions."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import AccessibilityFeedback, Fund, Organisation, User
from accounts.states import MemberRole, Role
from tests import factories as make

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

LOGIN = 302
KINDS = (
    "anonymous", "stranger", "owner", "signs_not", "editor", "reader", "officer", "auditor", "fund_admin", "admin",
)  # fmt: skip


@pytest.fixture
def world() -> dict[str, Any]:
    fund, organisation = make.make_fund(), make.make_organisation()
    officer, admin = make.make_staff(fund, Role.CASE_OFFICER), make.make_administrator()
    people: dict[str, User | None] = {
        "anonymous": None,
        "stranger": make.make_member(make.make_organisation()),
        "owner": make.make_member(organisation),
        "signs_not": make.make_member(organisation, MemberRole.OWNER, represents=False),
        "editor": make.make_member(organisation, MemberRole.EDITOR),
        "reader": make.make_member(organisation, MemberRole.READER),
        "officer": officer,
        "auditor": make.make_auditor(),
        "fund_admin": make.make_staff(fund, Role.ADMINISTRATOR),
        "admin": admin,
    }
    deputy = make.make_deputy(fund, principal=officer, deputy=make.make_user(), named_by=admin)
    feedback = AccessibilityFeedback.objects.create(message="Kontrast")
    reader = people["reader"]
    assert isinstance(reader, User)
    return {
        "fund": fund,
        "organisation": organisation,
        "people": people,
        "membership": reader.memberships.get(),
        "role": officer.fund_roles.get(),
        "deputy": deputy,
        "feedback": feedback,
    }


def row(public: int, **others: int) -> dict[str, int]:
    """Expected status per kind of person; `signed_in` is everybody who signed in and is not named."""
    base = others.pop("signed_in", public)
    return {"anonymous": public} | {kind: others.get(kind, base) for kind in KINDS[1:]}


MEMBERS = {"owner": 200, "signs_not": 200, "editor": 200, "reader": 200}
WRITERS = {"owner": 200, "signs_not": 200, "editor": 200}
OWNERS = {"owner": 200, "signs_not": 200}
ADMINS = {"fund_admin": 200, "admin": 200}
LOOKING = ADMINS | {"auditor": 200}
TABLE: list[tuple[str, str | None, dict[str, int]]] = [
    ("account_login", None, row(200, signed_in=302)),
    ("account_signup", None, row(200, signed_in=302)),
    ("account_reset_password", None, row(200)),
    ("account_reset_password_done", None, row(200)),
    ("account_logout", None, row(302, signed_in=200)),
    ("account_email", None, row(LOGIN, signed_in=200)),
    ("account_change_password", None, row(LOGIN, signed_in=200)),
    ("account_inactive", None, row(200)),
    ("mfa_index", None, row(LOGIN, signed_in=200)),
    ("accounts:welcome", None, row(LOGIN, signed_in=200)),
    ("accounts:profile", None, row(LOGIN, signed_in=200)),
    ("accounts:profile_edit", None, row(LOGIN, signed_in=200)),
    ("accounts:organisations", None, row(LOGIN, signed_in=200)),
    ("accounts:organisation_create", None, row(LOGIN, signed_in=200)),
    ("accounts:organisation", "organisation", row(LOGIN, signed_in=404, **MEMBERS)),
    ("accounts:organisation_edit", "organisation", row(LOGIN, signed_in=404, **WRITERS)),
    ("accounts:bank_account_add", "organisation", row(LOGIN, signed_in=404, owner=200)),
    ("accounts:membership", "membership", row(LOGIN, signed_in=404, **OWNERS)),
    ("accounts:membership_end", "membership", row(LOGIN, signed_in=404, reader=200, **OWNERS)),
    ("accounts:administration", None, row(LOGIN, signed_in=404, **LOOKING)),
    ("accounts:people", None, row(LOGIN, signed_in=404, **LOOKING)),
    ("accounts:person", "officer", row(LOGIN, signed_in=404, **LOOKING)),
    ("accounts:person", "stranger", row(LOGIN, signed_in=404, admin=200, auditor=200)),
    ("accounts:role_end", "role", row(LOGIN, signed_in=404, **ADMINS)),
    ("accounts:deputies", None, row(LOGIN, signed_in=404, **LOOKING)),
    ("accounts:deputy_end", "deputy", row(405)),
    ("accounts:funds", None, row(LOGIN, signed_in=404, **ADMINS)),
    ("accounts:fund_create", None, row(LOGIN, signed_in=404, admin=200)),
    ("accounts:fund", "fund", row(LOGIN, signed_in=404, **ADMINS)),
    ("accounts:legal_list", None, row(LOGIN, signed_in=404, admin=200)),
    ("accounts:feedback_list", None, row(LOGIN, signed_in=404, admin=200)),
    ("accounts:feedback_answer", "feedback", row(LOGIN, signed_in=405)),
    ("accounts:accessibility_feedback", None, row(200)),
    ("accounts:glossary", None, row(200)),
    ("accounts:demo", None, row(200)),
    ("accounts:demo_clock", None, row(200)),
    ("notifications:staff_invitations", None, row(LOGIN, signed_in=404, **ADMINS)),
    ("notifications:member_invitations", "organisation", row(LOGIN, signed_in=404, **OWNERS)),
]


def address(name: str, subject: str | None, world: dict[str, Any]) -> str:
    if subject is None:
        return reverse(name)
    record = world[subject] if subject in world else world["people"][subject]
    return reverse(name, args=[record.pk])


@pytest.mark.parametrize(("name", "subject", "expected"), TABLE, ids=[f"{n}-{s}" for n, s, _ in TABLE])
def test_who_may_open(name: str, subject: str | None, expected: dict[str, int], world: dict[str, Any]) -> None:
    target = address(name, subject, world)
    got = {}
    for kind, person in world["people"].items():
        client = Client()
        if person:
            client.force_login(person)
        got[kind] = client.get(target).status_code

    if name == "accounts:deputy_end":
        expected = {"anonymous": 302, **dict.fromkeys(KINDS[1:], 404), "fund_admin": 405, "admin": 405}
    assert got == expected


@pytest.mark.parametrize("slug", ["impressum", "datenschutz", "barrierefreiheit", "leichte-sprache", "kontakt"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_legal_pages_stand_on_their_own(client: Client, slug: str, language: str) -> None:
    response = client.get(reverse("accounts:legal", args=[slug]), headers={"accept-language": language})

    assert response.status_code == 200
    text = response.content.decode()
    assert "<h2>" in text
    assert "[[" not in text
    assert "<mark>" not in text


def test_unknown_legal_page(client: Client) -> None:
    assert client.get("/legal/nothing/").status_code == 404


def test_demo_pages_are_gone_in_production(client: Client, settings: Settings) -> None:
    settings.DEMO = False

    for name in ("demo", "demo_clock", "gallery"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 404
    assert client.post(reverse("accounts:demo_clock"), {"days": 3}).status_code == 404


def add_people(fund: Fund, organisation: Organisation, number: int) -> None:
    users = User.objects.bulk_create(
        User(email=f"many{n}@example.org", full_name=f"Many {n}", search_key=f"many {n:04}") for n in range(number)
    )
    for user in users:
        make.give_role(user, fund, Role.CASE_OFFICER)
    organisation.memberships.bulk_create(
        organisation.memberships.model(organisation=organisation, user=user, role=MemberRole.READER) for user in users
    )


def queries_of(client: Client, target: str) -> int:
    client.get(target)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(target).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("name", "kind", "queries"),
    [
        ("accounts:people", "admin", 3),
        ("accounts:deputies", "admin", 5),
        ("accounts:organisation", "owner", 4),
        ("accounts:organisations", "owner", 1),
    ],
)
def test_lists_ask_as_often_for_3_rows_as_for_300(
    client: Client, world: dict[str, Any], name: str, kind: str, queries: int
) -> None:
    target = address(name, "organisation" if name.endswith("organisation") else None, world)
    client.force_login(world["people"][kind])
    # What every page asks for its frame is counted on a page that asks for nothing else.
    frame = queries_of(client, reverse("accounts:profile_edit"))

    few = queries_of(client, target) - frame
    add_people(world["fund"], world["organisation"], 300)
    many = queries_of(client, target) - frame

    assert (few, many) == (queries, queries)
