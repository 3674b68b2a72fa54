from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts import actions, audit, clock
from accounts.context import LEGAL_PAGES
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import SYSTEM, AccessibilityFeedback, LegalText, Machine
from accounts.prose import Block, Piece, blocks, has_open_places
from accounts.queries import LEGAL_LANGUAGES, default_legal_text, history_lines
from accounts.states import Role
from accounts.wording import HALVES, WORDS, sentence, state_label
from grants.states import ApplicationState as S
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


# --- Prose ---------------------------------------------------------------------------------------------


def test_blocks_of_a_text() -> None:
    text = "# Kopf\nErste [[Lücke]]\nZweite\n\n- a\n- b\n\nEnde"

    assert list(blocks(text)) == [
        Block("heading", ((Piece("Kopf"),),)),
        Block("text", ((Piece("Erste "), Piece("Lücke", open=True)), (Piece("Zweite"),))),
        Block("list", ((Piece("a"),), (Piece("b"),))),
        Block("text", ((Piece("Ende"),),)),
    ]


def test_open_places() -> None:
    assert has_open_places("x [[y]]")
    assert not has_open_places("x [y]")
    assert list(blocks("")) == []


@pytest.mark.parametrize("slug", [slug for slug, _ in LEGAL_PAGES])
@pytest.mark.parametrize("language", LEGAL_LANGUAGES)
def test_delivered_texts_are_there_and_name_what_is_open(slug: str, language: str) -> None:
    text = default_legal_text(slug, language)

    assert has_open_places(text)
    assert len(list(blocks(text))) > 4


# --- Legal pages ---------------------------------------------------------------------------------------


def test_publish_and_read_a_legal_page(client: Client) -> None:
    admin = make.make_administrator()
    client.force_login(admin)
    url = reverse("accounts:legal_edit", args=["impressum", "de"])

    assert client.post(url, {"body": "# Neu\n<b>fett</b> [[offen]]", "seen_id": 0}).status_code == 302

    text = LegalText.objects.get()
    public = Client().get("/legal/impressum/").content.decode()
    assert "&lt;b&gt;fett" in public
    assert "<mark>" not in public
    assert "[wird ergänzt]" in public
    assert "offen" not in public
    assert "<mark>offen</mark>" in client.get("/legal/impressum/").content.decode()
    version = reverse("accounts:legal_version", args=["impressum", "de", text.pk])
    assert "Die Fassung, die jetzt alle lesen." in client.get(version).content.decode()
    client.post(url, {"body": "# Neuer", "seen_id": text.pk})
    assert "Eine frühere Fassung" in client.get(version).content.decode()
    assert client.get(reverse("accounts:legal_version", args=["kontakt", "de", text.pk])).status_code == 404


def test_two_editors_of_a_legal_page(client: Client) -> None:
    client.force_login(make.make_administrator())
    url = reverse("accounts:legal_edit", args=["kontakt", "en"])
    client.post(url, {"body": "eins", "seen_id": 0})

    response = client.post(url, {"body": "zwei", "seen_id": 0})

    assert response.status_code == 409
    assert "zwei" in response.content.decode()
    again = {"body": "zwei", "seen_id": LegalText.objects.get().pk}
    assert client.post(url, again).status_code == 302
    assert LegalText.objects.count() == 2


@pytest.mark.parametrize("bad", [{"body": ""}, {"body": "x" * 40_001}, {"seen_id": "x"}, {"seen_id": -1}])
def test_bad_legal_text(client: Client, bad: dict[str, Any]) -> None:
    client.force_login(make.make_administrator())

    url = reverse("accounts:legal_edit", args=["kontakt", "de"])
    assert client.post(url, {"body": "x", "seen_id": 0} | bad).status_code == 200
    assert client.get(reverse("accounts:legal_edit", args=["kontakt", "fr"])).status_code == 404
    assert client.get(reverse("accounts:legal_edit", args=["nichts", "de"])).status_code == 404


def test_who_publishes_legal_pages() -> None:
    fund = make.make_fund()
    for person in (make.make_user(), make.make_staff(fund, Role.ADMINISTRATOR), make.make_auditor()):
        with pytest.raises(NotPermitted):
            actions.edit_legal_text(slug="kontakt", language="de", body="x", by=person, seen_id=0)
    with pytest.raises(LostRace):
        actions.edit_legal_text(slug="kontakt", language="de", body="x", by=make.make_administrator(), seen_id=7)


# --- Feedback on barriers ------------------------------------------------------------------------------


def test_feedback_without_an_account_and_its_answer(client: Client) -> None:
    url = reverse("accounts:accessibility_feedback")

    assert client.post(url, {"message": ""}).status_code == 200
    assert client.post(url, {"message": "Kontrast zu schwach", "email": "a@example.org"}).status_code == 302

    told = AccessibilityFeedback.objects.get()
    admin = make.make_administrator()
    client.force_login(admin)
    assert "Kontrast zu schwach" in client.get(reverse("accounts:feedback_list")).content.decode()
    answered = reverse("accounts:feedback_answer", args=[told.pk])
    assert client.post(answered).status_code == 302
    assert client.post(answered).status_code == 409
    with pytest.raises(NotPermitted):
        actions.answer_feedback(feedback=told, by=make.make_user())


def test_feedback_cannot_flood(client: Client) -> None:
    url = reverse("accounts:accessibility_feedback")
    codes = [client.post(url, {"message": f"Nummer {n}"}).status_code for n in range(7)]

    assert codes == [302] * 5 + [429] * 2
    assert AccessibilityFeedback.objects.count() == 5


# --- Demo ----------------------------------------------------------------------------------------------


def test_demo_clock(client: Client) -> None:
    url, before = reverse("accounts:demo_clock"), clock.today()

    assert client.post(url, {"days": "40"}).status_code == 302
    assert (clock.today() - before).days == 40
    for bad in ("-1", "x", "4000", "1e3", ""):
        assert client.post(url, {"days": bad}).status_code == 200
    assert client.post(url, {"days": "0"}).status_code == 302
    assert clock.today() == before


def test_demo_page_names_the_people_of_the_demo_only(client: Client) -> None:
    make.make_user("amira@demo.example", full_name="Amira Demo")
    make.make_user("echt@example.org", full_name="Echte Person")

    page = client.get(reverse("accounts:demo")).content.decode()

    assert "Amira Demo" in page
    assert "demo-password-of-tests" in page
    assert "Echte Person" not in page


# --- History in words ----------------------------------------------------------------------------------


def test_history_lines() -> None:
    case = make.make_application(state=S.SUBMITTED)
    officer = make.make_staff(case.fund, Role.CASE_OFFICER, full_name="Svenja")
    deputy = make.make_user(full_name="Dirk")
    make.make_deputy(case.fund, principal=officer, deputy=deputy, named_by=officer)
    audit.perform(case.start_check, by=deputy, officer=deputy, reason="los")
    audit.record("edit", case, by=SYSTEM)

    first, second = history_lines(audit.history(case))

    assert (first.verb, first.reason) == (sentence("start_check"), "los")
    assert "Dirk" in first.actor
    assert "Svenja" in first.actor
    assert first.from_label == str(S.SUBMITTED.label)
    assert second.to_label == ""


def machine_actions() -> list[str]:
    names = {
        step.name
        for model in apps.get_models()
        if issubclass(model, Machine)
        for step in model().get_all_state_transitions()  # type: ignore[attr-defined]
    }
    return sorted(names)


@pytest.mark.parametrize("action", machine_actions())
def test_every_transition_has_its_words(action: str) -> None:
    assert action in WORDS


def test_words_of_both_halves() -> None:
    assert sentence("propose_reopen") == f"{HALVES['propose']}: {WORDS['reopen']}"
    assert sentence("confirm_drop_case") == f"{HALVES['confirm']}: Drop case"
    assert sentence("unheard_of") == "Unheard of"
    assert state_label("grants.application", "") == ""
    assert state_label("grants.application", "NOWHERE") == "NOWHERE"
