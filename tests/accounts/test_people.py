import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_edit_profile(client: Client) -> None:
    user = make.make_user(full_name="Alt", language="de")
    client.force_login(user)

    response = client.post(
        reverse("accounts:profile_edit"), {"full_name": "Neu Ñame", "language": "en", "phone": "0511 1"}
    )

    assert response.status_code == 302
    assert client.cookies["django_language"].value == "en"
    user.refresh_from_db()
    assert (user.full_name, user.language, user.phone) == ("Neu Ñame", "en", "0511 1")
    assert user.search_key.startswith("neu name")
    assert AuditEntry.objects.get().data == {"name": ["Alt", "Neu Ñame"]}


@pytest.mark.parametrize("bad", [{"full_name": ""}, {"language": "xx"}, {"phone": "1" * 41}])
def test_bad_profile(client: Client, bad: dict[str, str]) -> None:
    client.force_login(make.make_user())
    data = {"full_name": "Neu", "language": "de", "phone": ""} | bad

    assert client.post(reverse("accounts:profile_edit"), data).status_code == 200
    assert AuditEntry.objects.count() == 0


def test_language_switch_is_kept_for_the_person(client: Client) -> None:
    user = make.make_user(language="de")
    client.force_login(user)

    response = client.post(reverse("set_language"), {"language": "en", "next": "/profile/"})

    assert response.headers["Location"] == "/profile/"
    user.refresh_from_db()
    assert user.language == "en"
    client.post(reverse("set_language"), {"language": "tlh"})
    user.refresh_from_db()
    assert user.language == "en"
    assert client.get(reverse("set_language")).status_code == 405


def test_language_switch_without_an_account(client: Client) -> None:
    response = client.post(reverse("set_language"), {"language": "en", "next": "https://boese.example/"})

    assert client.cookies["django_language"].value == "en"
    assert "boese" not in response.headers["Location"]
    assert User.objects.count() == 0


def test_welcome_names_what_comes_next(client: Client) -> None:
    client.force_login(make.make_user())
    assert reverse("accounts:organisation_create") in client.get(reverse("accounts:welcome")).content.decode()

    organisation = make.make_organisation(name="Schon da")
    client.force_login(make.make_member(organisation))
    assert "Schon da" in client.get(reverse("accounts:welcome")).content.decode()
