"""The note on a formal check that has ended: what stands in it, that it stays, who reads it."""

import io
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.states import Role
from grants.actions import office as actions
from grants.check_note import notes_of
from grants.checklist import ITEMS
from grants.models import Application, FormalCheck
from grants.office import rejection_proposal
from grants.states import ApplicationState as S
from grants.states import LatePolicy
from notifications.models import Document
from notifications.rendering import render_due
from tests.factories import make_staff, make_user
from tests.grants.office_world import ALL_YES, Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
once = pytest.mark.once


@pytest.fixture
def office() -> Office:
    return make_office()


def accepted(office: Office) -> Application:
    case = office.checked(title="Chor", officer=office.officer)
    FormalCheck.objects.filter(application=case).update(
        answers=ALL_YES | {"bank": "na"}, costs_note="Mieten verglichen.\nHonorare üblich."
    )
    check = FormalCheck.objects.get(application=case)
    actions.accept(
        application=case, by=office.officer, seen_version=check.version, answers=check.answers,
        costs_note=check.costs_note, note="Rückfrage am Telefon.",
    )  # fmt: skip
    return case


def rejected(office: Office) -> Application:
    case = office.case(S.FORMAL_CHECK, officer=office.officer)
    FormalCheck.objects.filter(application=case).update(answers=ALL_YES | {"region": "no"})
    actions.propose_rejection(application=case, kind="reject_formally", by=office.officer, reason="Sitz in Bremen.")
    return confirmed(office, case)


def confirmed(office: Office, case: Application) -> Application:
    proposal = rejection_proposal(case)
    assert proposal is not None
    case.refresh_from_db()
    actions.confirm_rejection(application=case, proposal=proposal, by=office.second)
    return case


def drawn(client: Client, case: Application, note: Document) -> str:
    render_due(seconds=30)
    answer: Any = client.get(page(case, note))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages
    return " ".join(" ".join(sheet.extract_text() for sheet in pages).split())


def page(case: Application, note: Document) -> str:
    return reverse("grants:office_note", args=[case.pk, note.pk])


@once
def test_the_note_on_an_accepted_case(client: Client, office: Office) -> None:
    case = accepted(office)
    client.force_login(office.officer)
    words = drawn(client, case, notes_of(case).get())

    assert "Antragsprüfungsvermerk" in words
    for part in (str(case.case_number), "Chor", "Mieten verglichen.", "Honorare üblich.", "Rückfrage am Telefon."):
        assert part in words
    assert "Angenommen von Olga Offizier" in words
    assert "trifft nicht zu" in words
    assert "Warum der Antrag nicht förderfähig ist" not in words


@once
def test_the_note_names_every_question_with_its_answer(office: Office) -> None:
    note = Document.objects.get(case_key=accepted(office).case_key, kind="D01")
    rows = {row["label"]: row["value"] for part in note.data["parts"] for row in part["rows"]}

    answers = {str(item.question): rows.get(str(item.question)) for item in ITEMS}
    assert [answer for answer in answers.values() if answer == "ja"] == ["ja"] * (len(ITEMS) - 1)


def test_the_note_on_a_rejection_names_both_people_and_the_reasons(client: Client, office: Office) -> None:
    case = rejected(office)
    client.force_login(office.auditor)
    words = drawn(client, case, notes_of(case).get())

    for part in ("Nicht förderfähig", "Sitz in Bremen.", "Vorgeschlagen von Olga Offizier"):
        assert part in words
    assert "Von einer zweiten Person bestätigt Zweite Person" in words


@once
def test_a_late_case_that_was_never_checked_has_a_note() -> None:
    office = make_office(late_policy=LatePolicy.REJECT)
    case = office.case(late=True)
    actions.propose_rejection(application=case, kind="reject_late", by=office.officer, reason="Zwei Tage zu spät.")
    confirmed(office, case)
    titles = [part["title"] for part in Document.objects.get(kind="D01").data["parts"]]

    assert titles == ["", "Warum der Antrag nicht förderfähig ist", "Wer geprüft hat"]


def test_a_check_that_ends_again_leaves_the_first_note(office: Office) -> None:
    case = rejected(office)
    first = Document.objects.get(case_key=case.case_key, kind="D01")
    case.refresh_from_db()
    actions.reopen(application=case, by=office.head, reason="Sitz war doch hier.")
    case.refresh_from_db()
    check = FormalCheck.objects.get(application=case)
    actions.accept(
        application=case, by=office.officer, seen_version=check.version, answers=ALL_YES, costs_note="Gut.", note=""
    )

    assert notes_of(case)[0] == first
    assert notes_of(case).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=first.pk).update(data={})


@once
def test_who_reads_the_note(client: Client, office: Office) -> None:
    case = accepted(office)
    note, other = notes_of(case).get(), office.case()
    history = f"{reverse('reviews:case', args=[case.pk])}?part=history"
    check = reverse("grants:office_check", args=[case.pk])
    client.force_login(office.second)
    assert "wird gerade erstellt" in client.get(page(case, note)).content.decode()
    assert page(case, note) in client.get(check).content.decode()
    assert page(case, note) in client.get(history).content.decode()
    assert client.get(page(other, note)).status_code == 404

    money = make_staff(office.fund, Role.FINANCE_A)
    for person in (money, make_staff(make_office().fund, Role.CASE_OFFICER), case.created_by, make_user()):
        client.force_login(person)
        assert client.get(page(case, note)).status_code == 404
    client.force_login(money)
    assert page(case, note) not in client.get(history).content.decode()
