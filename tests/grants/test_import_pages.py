"""The pages of an import: from the file to the cases, with everything that is wrong told on the way."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from grants.actions import imports as actions
from grants.models import Application, FormerAward, Import
from grants.states import ImportStage, Scan
from tests.grants.factories import pdf, upload
from tests.grants.lists import AWARDS, CASES, award_row, brought, case_row, checked, ordered, worked, xlsx
from tests.grants.office_world import Office, make_office

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def client(client: Client, office: Office) -> Client:
    client.force_login(office.coordinator)
    return client


def into(office: Office) -> str:
    return reverse("grants:import_into_round", args=[office.round.pk])


def page_of(batch: Import) -> str:
    return reverse("grants:import", args=[batch.pk])


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def run(office: Office, content: bytes) -> Import:
    batch = brought(content, by=office.coordinator, round_=office.round)
    return checked(batch, by=office.coordinator)


def columns(batch: Import, **changes: str) -> dict[str, str]:
    chosen = {f"column_{name}": str(place) for name, place in batch.mapping.items()}
    return {**chosen, "version": str(batch.version), "do": "assign", **changes}


def test_the_whole_way_of_a_list(client: Client, office: Office) -> None:
    assert "Antragsteller" in read(client, into(office))
    answer: Any = client.post(into(office), {"file": upload("Anträge 2026.xlsx", xlsx([case_row(1), case_row(2)]))})
    batch = Import.objects.get()
    assert answer.url == page_of(batch)
    assert "Die Liste wird gelesen" in read(client, page_of(batch))

    worked(batch)
    body = read(client, page_of(batch))
    assert "C: Antragsteller (Verein Nummer 1 e. V., Verein Nummer 2 e. V.)" in body
    assert client.post(page_of(batch), columns(batch)).status_code == 302
    body = read(client, page_of(batch))
    assert "0 von 2" in body
    assert f'href="{page_of(batch)}">Erneut nachsehen' in body
    worked(batch)
    body = read(client, page_of(batch))
    assert "2 Zeilen importieren" in body
    assert "800,00\u00a0€" in body

    assert client.post(page_of(batch), {"do": "order", "version": str(batch.version)}).status_code == 302
    worked(batch)
    body = read(client, page_of(batch))
    assert "Die Liste ist übernommen." in body
    assert batch.sha256 in body
    assert Application.objects.count() == 2
    assert "Anträge 2026.xlsx" in read(client, reverse("grants:imports"))


def test_errors_are_counted_shown_and_all_in_a_file(client: Client, office: Office) -> None:
    batch = run(
        office, xlsx([case_row(1), *(case_row(number, title=None, requested="=viel") for number in range(2, 42))])
    )
    body = read(client, page_of(batch))

    assert "40 Zeilen können nicht übernommen werden." in body
    assert "Hier stehen die ersten 50." in body
    assert "F: <bdi>Projekttitel</bdi>" in body
    assert 'value="order"' not in body
    answer = client.get(reverse("grants:import_errors", args=[batch.pk]))
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 81
    assert lines[1] == ["3", "F", "Projekttitel", "Hier ist nichts eingetragen, es wird aber gebraucht.", ""]
    formula = "Die Formel wurde nie berechnet. Bitte speichern Sie die Datei in Ihrem Tabellenprogramm."
    assert lines[2] == ["3", "I", "Beantragt", formula, ""]


def test_columns_are_chosen_once_and_none_that_is_needed_is_left_out(client: Client, office: Office) -> None:
    batch = brought(xlsx([case_row(1)]), by=office.coordinator, round_=office.round)
    answer = client.post(page_of(batch), columns(batch, column_title="", column_city="2"))

    assert set(answer.context["columns_form"].errors) == {"column_title", "column_city"}
    batch.refresh_from_db()
    assert batch.stage == ImportStage.COLUMNS
    assert client.post(page_of(batch), columns(batch, column_title="99")).status_code == 200


def test_columns_can_be_assigned_anew_after_the_check(client: Client, office: Office) -> None:
    batch = run(office, xlsx([case_row(1)]))
    assert 'name="column_title"' in read(client, f"{page_of(batch)}?columns=1")
    assert client.post(page_of(batch), columns(batch, column_cost_cents="")).status_code == 302
    assert worked(batch).mapping.get("cost_cents") is None


def test_changed_rows_want_a_decision(client: Client, office: Office) -> None:
    worked(ordered(run(office, xlsx([case_row(1)])), by=office.coordinator))
    batch = run(office, xlsx([case_row(1, title="Anders"), case_row(2)]))
    data = {"do": "order", "version": str(batch.version)}
    answer = client.post(page_of(batch), data)

    assert set(answer.context["order_form"].errors) == {"with_changed"}
    assert client.post(page_of(batch), {**data, "with_changed": "on"}).status_code == 302
    assert worked(batch).counts["new"] == 1


def test_a_second_run_says_that_nothing_is_new(client: Client, office: Office) -> None:
    content = xlsx([case_row(1)])
    worked(ordered(run(office, content), by=office.coordinator))
    batch = run(office, content)

    assert "Nichts in dieser Liste ist neu" in read(client, page_of(batch))
    assert 'value="order"' not in read(client, page_of(batch))


def test_an_old_page_is_answered_409_and_does_nothing(client: Client, office: Office) -> None:
    batch = run(office, xlsx([case_row(1)]))
    data = {"do": "order", "version": str(batch.version)}
    assert [client.post(page_of(batch), data).status_code for _press in range(2)] == [302, 409]
    assert client.post(page_of(batch), columns(batch)).status_code == 409


def test_a_list_is_broken_off(client: Client, office: Office) -> None:
    batch = run(office, xlsx([case_row(1)]))
    assert client.post(page_of(batch), {"do": "cancel"}).status_code == 302
    assert "Nichts von dieser Liste wurde geschrieben." in read(client, page_of(batch))
    assert client.post(page_of(batch), {"do": "cancel"}).status_code == 409
    assert client.post(page_of(batch), {"do": "fly"}).status_code == 404


def test_files_of_other_kinds_are_refused_with_words(client: Client, office: Office) -> None:
    for content, words in (
        (pdf(), "Bitte senden Sie XLSX oder CSV."),
        (b"", "Die Datei ist leer."),
        (b"x" * (10 * 1024 * 1024 + 1), "Die Datei ist größer als 10 MB."),
    ):
        answer = client.post(into(office), {"file": upload("liste.xlsx", content)})
        assert words in answer.content.decode()
    assert Import.objects.count() == 0
    assert "Bitte wählen Sie eine Datei aus." in client.post(into(office)).content.decode()


def test_a_file_that_is_no_list_says_what_to_do(client: Client, office: Office) -> None:
    batch = brought(b'A;B\n1;"offen\n', by=office.coordinator, round_=office.round, name="liste.csv")
    assert "Ein Anführungszeichen in Zeile 2 hat kein Gegenstück." in read(client, page_of(batch))


def test_a_list_in_quarantine_says_so_and_is_not_handed_out(client: Client, office: Office) -> None:
    batch = brought(xlsx([case_row(1)]), by=office.coordinator, round_=office.round)
    answer: Any = client.get(reverse("grants:import_file", args=[batch.pk]))
    assert b"".join(answer.streaming_content).startswith(b"PK")
    Import.objects.filter(pk=batch.pk).update(scan=Scan.WAITING, stage=ImportStage.READING)

    assert "Die Datei wartet auf die Virenprüfung." in read(client, page_of(batch))
    assert client.get(reverse("grants:import_file", args=[batch.pk])).status_code == 404


def test_markup_in_a_list_stays_text(client: Client, office: Office) -> None:
    evil = "<script>alert(1)</script>"
    batch = run(office, xlsx([case_row(1, organisation=evil, kind=evil), case_row(2, title=evil)], (*CASES[:8], evil)))
    assert evil not in read(client, page_of(batch))
    assert evil not in read(client, f"{page_of(batch)}?columns=1")


def test_another_fund_finds_nothing(client: Client, office: Office) -> None:
    other = make_office()
    batch = brought(xlsx([case_row(1)]), by=other.coordinator, round_=other.round)
    for name in ("import", "import_errors", "import_file"):
        assert client.get(reverse(f"grants:{name}", args=[batch.pk])).status_code == 404
    assert client.get(into(other)).status_code == 404
    assert "liste.xlsx" not in read(client, reverse("grants:imports"))


def test_the_auditor_reads_and_presses_nothing(client: Client, office: Office) -> None:
    batch = run(office, xlsx([case_row(1)]))
    client.force_login(office.auditor)
    body = read(client, page_of(batch))

    assert 'name="do"' not in body
    assert client.post(page_of(batch), {"do": "cancel"}).status_code == 404
    assert "Vorlage für Anträge" not in read(client, reverse("grants:imports"))


def test_the_template_is_a_workbook(client: Client) -> None:
    answer = client.get(reverse("grants:import_template", args=["awards"]))
    assert answer["Content-Disposition"] == 'attachment; filename="vorlage-fruehere-foerderungen.xlsx"'
    assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["Liste", "Erläuterung"]
    assert client.get(reverse("grants:import_template", args=["x"])).status_code == 404


def test_former_awards_stand_beside_the_check(client: Client, office: Office) -> None:
    rows = [award_row(1, organisation="Brücke e. V.", title="Chor der Kulturen")]
    batch = brought(xlsx(rows, AWARDS), by=office.coordinator, fund=office.fund)
    batch = checked(batch, by=office.coordinator)
    worked(ordered(batch, by=office.coordinator))
    assert FormerAward.objects.count() == 1
    case = office.case(title="Chor der Kulturen")
    client.force_login(office.officer)

    body = read(client, reverse("grants:office_check", args=[case.pk]))
    assert "Frühere Förderungen" in body
    assert "Chor der Kulturen</span>, 2023: 1.234,56\u00a0€" in body


def test_every_page_of_an_imported_case_works(client: Client, office: Office) -> None:
    worked(ordered(run(office, xlsx([case_row(1)])), by=office.coordinator))
    case = Application.objects.get()
    client.force_login(office.officer)
    for name in ("reviews:case", "grants:office_check", "grants:office_versions"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 200
    assert str(case.case_number) in read(client, reverse("grants:office_applications"))


def test_a_lost_wake_up_costs_a_minute_at_most(office: Office) -> None:
    batch = brought(xlsx([case_row(1)]), by=office.coordinator, round_=office.round)
    actions.assign_columns(batch=batch, by=office.coordinator, seen_version=batch.version, mapping=batch.mapping)
    assert list(actions.waiting()) == [batch.pk]
