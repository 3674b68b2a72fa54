"""What was typed when the session ended comes back after the sign-in, to the same person only."""

import pytest
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.kept import typed
from accounts.models import User
from grants.models import Application
from tests.factories import make_application, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
PASSWORD = "ein langes Kennwort 7"
TEXT = "Wir treffen uns jede Woche.\nAlle sind <b>willkommen</b>."


@pytest.fixture
def writer() -> User:
    """Somebody with a password, who has an application of their own."""
    draft = make_application()
    person: User = draft.created_by
    person.set_password(PASSWORD)
    person.save()
    return person


def form_of(person: User) -> str:
    return reverse("grants:section", args=[Application.objects.get(created_by=person).pk, "project"])


def sign_in(client: Client, person: User) -> None:
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def end_sessions() -> None:
    Session.objects.all().delete()


def send(client: Client, person: User) -> str:
    """Send a long text after the session has ended; return where the browser is led."""
    sign_in(client, person)
    end_sessions()
    data = {"summary": TEXT, "password": "geheim", "iban": "DE02120300000000202051", "version": "1", "title": " "}
    answer = client.post(form_of(person), data)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_text_waits_behind_the_sign_in(client: Client, writer: User) -> None:
    leads_to = send(client, writer)
    assert leads_to == f"{reverse('account_login')}?next=%2Fkept%2F"

    answer = client.post(leads_to, {"login": writer.email, "password": PASSWORD, "next": "/kept/"}, follow=True)

    assert "Ihre Sitzung ist abgelaufen" in Client().get(leads_to).content.decode()
    page = answer.content.decode()
    assert answer.redirect_chain[-1] == ("/kept/", 302)
    assert "Wir treffen uns jede Woche.\nAlle sind &lt;b&gt;willkommen&lt;/b&gt;." in page
    assert form_of(writer) in page
    assert "geheim" not in page
    assert "DE0212" not in page


def test_copy_is_thrown_away_on_request(client: Client, writer: User) -> None:
    send(client, writer)
    sign_in(client, writer)

    assert client.post("/kept/")["Location"] == form_of(writer)

    assert client.get("/kept/")["Location"] == "/"


def test_next_person_at_the_same_browser_sees_nothing(client: Client, writer: User) -> None:
    send(client, writer)
    other = make_user()
    client.force_login(other)

    assert client.get("/kept/")["Location"] == "/"
    client.force_login(writer)
    assert client.get("/kept/")["Location"] == "/"


def test_stranger_without_a_former_session_is_only_sent_to_the_sign_in(client: Client, writer: User) -> None:
    answer = client.post(form_of(writer), {"summary": TEXT})

    assert answer["Location"] == f"{reverse('account_login')}?next={form_of(writer)}"
    assert not Session.objects.exists()


def test_texts_stand_under_the_names_of_their_fields_without_bookkeeping() -> None:
    sent = QueryDict(mutable=True)
    sent.update({"title": "Fest", "summary": "Wir feiern.", "starts_on": "1.3.2027", "save": "1"})
    plan = QueryDict(mutable=True)
    plan.update({"costs-1-label": "Miete", "costs-1-kind": "rent", "costs-1-eligible": "on", "costs-1-unit": "5"})
    plan.update({"costs-TOTAL_FORMS": "2"})

    assert typed(sent) == [
        ("Titel des Projekts", "Fest"),
        ("Kurzbeschreibung", "Wir feiern."),
        ("Projektbeginn", "1.3.2027"),
    ]
    assert [label for label, _text in typed(plan)] == ["Wofür 2", "Art 2", "Zuwendungsfähig 2", "Angabe 2"]


def test_field_that_records_call_differently_is_an_entry() -> None:
    sent = QueryDict(mutable=True)
    sent.update({"body": "Text"})

    assert typed(sent) == [("Angabe", "Text")]


def test_more_than_a_form_can_hold_is_not_kept(client: Client, writer: User) -> None:
    sign_in(client, writer)
    end_sessions()

    answer = client.post(form_of(writer), {"summary": "x" * 200_001})

    assert answer["Location"] == f"{reverse('account_login')}?next={form_of(writer)}"


def test_form_with_an_old_token_gives_the_text_back(writer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)

    answer = client.post(form_of(writer), {"summary": TEXT, "csrfmiddlewaretoken": "alt"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Alle sind &lt;b&gt;willkommen&lt;/b&gt;." in page
    assert "<h1>Die Seite war zu lange offen</h1>" in page
    assert f'href="{form_of(writer)}" target="_blank"' in page


def test_button_with_an_old_token_leads_back_to_its_page(writer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)

    page = client.post(reverse("accounts:kept")).content.decode()

    assert "Bitte öffnen Sie die Seite noch einmal" in page
    assert 'href="/kept/"' in page
