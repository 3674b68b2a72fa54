"""The office's desk: whose cases, kept filters, and one step for many cases with a preview."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.models import AuditEntry, User
from accounts.states import Role
from grants import bulk, desk
from grants.actions import bulk as actions
from grants.actions import filters
from grants.exceptions import FilterNameTaken, NothingToDo, StartedAlready, TooManyFilters
from grants.models import Application, BulkLine, BulkStep, CaseMessage, FormalCheck, SavedFilter
from grants.states import FILTERS_AT_MOST, BulkKind, RoundState
from grants.states import ApplicationState as S
from grants.tasks import do_bulk
from notifications.models import Notice
from notifications.states import RestorationState
from reviews.own_data import everything
from tests.factories import (
    give_role,
    make_deputy,
    make_organisation,
    make_restoration,
    make_staff,
    make_user,
)
from tests.grants.office_world import Office, make_office

# Rights, words and numbers are decided in Python; what the databases keep is asked of both.
pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
once = pytest.mark.once
LIST, NEW, WRITE = (reverse(f"grants:{name}") for name in ("office_applications", "bulk_new", "bulk_write"))
FILTERS = reverse("grants:office_filters")


@pytest.fixture
def office() -> Office:
    return make_office()


def seen(client: Client, person: User, **filters: str) -> list[str]:
    client.force_login(person)
    return [case.title for case, _is_over in client.get(LIST, filters).context["rows"]]


def prepared(office: Office, kind: BulkKind, *cases: Application, **words: Any) -> BulkStep:
    return actions.prepare(by=office.officer, kind=kind, cases=[case.pk for case in cases], **words)


def done(step: BulkStep, by: User) -> dict[str, tuple[str, str]]:
    """Confirm and do a step; returns outcome and reason by the title of the case."""
    actions.confirm(step=step, by=by)
    bulk.work_off(step)
    return told(step)


def told(step: BulkStep) -> dict[str, tuple[str, str]]:
    lines = step.lines.select_related("application")
    return {line.application.title: (line.outcome, line.reason) for line in lines}


# --- the list ----------------------------------------------------------------------------------------------


@once
def test_my_cases_are_also_those_of_whom_i_stand_in_for(client: Client, office: Office) -> None:
    deputy = make_user(full_name="Vera Vertretung")
    today = clock.today()
    named = {"principal": office.officer, "deputy": deputy, "named_by": office.head}
    make_deputy(office.fund, **named, from_date=today, to_date=today + timedelta(days=3))
    office.case(title="Ihre", officer=office.officer)
    office.case(title="Andere", officer=office.second)
    office.case(title="Frei")

    assert seen(client, deputy, officer="me") == ["Ihre"]
    assert seen(client, office.second, officer="me") == ["Andere"]
    assert seen(client, office.second, officer="none") == ["Frei"]
    assert "Olga Offizier (abwesend, Vera Vertretung vertritt)" in client.get(LIST).content.decode()


@once
def test_age_counts_from_receipt_while_somebody_has_to_act(client: Client, office: Office) -> None:
    now = clock.now()
    office.case(title="Alt", submitted_at=now - timedelta(days=31))
    office.case(S.WITHDRAWN, title="Zurück", submitted_at=now - timedelta(days=31))
    office.case(title="Neu", submitted_at=now)

    assert seen(client, office.officer, age="30") == ["Alt"]
    assert seen(client, office.officer, age="60") == []
    assert "vor 31 Tagen" in client.get(LIST).content.decode()


@once
def test_a_filter_whose_round_is_gone_says_so(client: Client, office: Office) -> None:
    office.case(title="A")
    foreign = make_office().round
    client.force_login(office.officer)
    page = client.get(LIST, {"round": str(foreign.pk)})

    assert page.context["gone"] == ["Runde"]
    assert "nicht mehr vorhanden" in page.content.decode()
    assert client.get(LIST, {"round": str(office.round.pk)}).context["gone"] == []


# --- kept filters ------------------------------------------------------------------------------------------


@once
def test_a_filter_is_kept_shown_renamed_and_deleted(client: Client, office: Office) -> None:
    client.force_login(office.officer)
    data = {"name": "Überfällige", "query": "due=over&page=3&evil=1&sort=-due"}
    assert client.post(FILTERS, data).url == f"{LIST}?due=over&sort=-due"  # type: ignore[attr-defined]
    kept = SavedFilter.objects.get()
    page = reverse("grants:office_filter", args=[kept.pk])
    assert '<a href="?due=over&amp;sort=-due" dir="auto">Überfällige</a>' in client.get(LIST).content.decode()

    client.post(page, {"name": "Spät", "do": "rename"})
    assert [found.name for found in desk.filters_of(office.officer)] == ["Spät"]
    client.post(page, {"do": "delete"})
    assert desk.filters_of(office.officer) == []


@once
def test_filters_are_nobody_elses(client: Client, office: Office) -> None:
    kept = filters.save_filter(by=office.officer, name="Eigentümlich", query="late=yes")
    page = reverse("grants:office_filter", args=[kept.pk])
    for person in (office.second, office.head, make_staff(make_office().fund, Role.CASE_OFFICER)):
        client.force_login(person)
        assert "Eigentümlich" not in client.get(LIST).content.decode()
        assert client.post(page, {"do": "delete"}).status_code == 404


@once
def test_kept_filters_are_among_the_own_data(office: Office) -> None:
    filters.save_filter(by=office.officer, name="Meine", query="late=yes")

    assert everything(office.officer)["kept_filters"] == [{"name": "Meine", "filters": "late=yes"}]
    assert everything(office.second)["kept_filters"] == []


@once
def test_names_are_used_once_and_places_end(client: Client, office: Office) -> None:
    for number in range(FILTERS_AT_MOST):
        filters.save_filter(by=office.officer, name=f"F{number}", query="late=yes")
    client.force_login(office.officer)

    with pytest.raises(FilterNameTaken):
        filters.save_filter(by=office.officer, name="F3", query="due=over")
    with pytest.raises(TooManyFilters):
        filters.save_filter(by=office.officer, name="Neu", query="due=over")
    page = client.post(FILTERS, {"name": "Neu", "query": "due=over"}).content.decode()
    assert "Bitte löschen Sie zuerst einen" in page
    assert 'value="Neu"' in page


@once
@pytest.mark.parametrize(
    ("name", "query"),
    [("", "due=over"), ("A", ""), ("A", "page=2"), ("x" * 61, "due=over"), ("A", "q=" + "x" * 700)],
)
def test_a_filter_needs_a_name_and_filters(client: Client, office: Office, name: str, query: str) -> None:
    client.force_login(office.officer)

    assert client.post(FILTERS, {"name": name, "query": query}).status_code == 200
    assert not SavedFilter.objects.exists()


def test_the_database_takes_no_filter_too_many(office: Office) -> None:
    for place in (0, FILTERS_AT_MOST + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedFilter.objects.create(person=office.officer, place=place, name="Neu", query="due=over")


# --- giving cases to officers ------------------------------------------------------------------------------


@once
def test_who_may_be_given_cases(office: Office) -> None:
    deputy, gone = make_user(full_name="Vera"), make_staff(office.fund, Role.CASE_OFFICER, is_active=False)
    give_role(gone, make_office().fund, Role.CASE_OFFICER)
    today = clock.today()
    make_deputy(
        office.fund, principal=office.officer, deputy=deputy, named_by=office.head, from_date=today, to_date=today
    )
    make_office().officer  # noqa: B018 - of another fund

    assert list(desk.officers_for(office.coordinator)) == [office.officer, deputy]


def test_cases_are_given_to_an_officer(office: Office) -> None:
    first, own = office.case(title="A"), office.case(title="B", officer=office.second)
    closed = office.case(S.WITHDRAWN, title="C")
    of_theirs = make_organisation()
    of_theirs.memberships.create(user=office.second, role="reader")
    related = office.case(title="D", organisation=of_theirs)
    step = prepared(office, BulkKind.ASSIGN, first, own, closed, related, officer=office.second)
    assert told(step) == {
        "A": ("waits", ""),
        "B": ("left_out", "Die gewählte Person hat den Fall bereits."),
        "C": ("left_out", "Der Fall ist abgeschlossen."),
        "D": ("left_out", "Die gewählte Person ist keine Sachbearbeitung dieses Fonds oder gehört zur Organisation."),
    }

    assert done(step, office.officer)["A"] == ("done", "")
    first.refresh_from_db()
    step.refresh_from_db()
    line = audit.history(first).get(action="assign_officer")
    assert (first.officer, line.actor, line.reason) == (office.second, office.officer, "Zweite Person")
    assert step.finished_at is not None


def test_a_case_that_changed_after_the_preview_is_told_and_left(office: Office) -> None:
    taken, gone, fine = (office.case(title=title) for title in ("A", "B", "C"))
    step = prepared(office, BulkKind.ASSIGN, taken, gone, fine, officer=office.second)
    Application.objects.filter(pk=taken.pk).update(officer=office.officer)
    audit_move(gone, office)

    moved = ("failed", "Jemand hat den Fall nach der Vorschau geändert, deshalb wurde nichts getan.")
    assert done(step, office.officer) == {"A": moved, "B": moved, "C": ("done", "")}
    assert AuditEntry.objects.filter(action="assign_officer").count() == 1


def audit_move(case: Application, office: Office) -> None:
    with transaction.atomic():
        audit.perform(case.start_check, by=office.second, officer=office.second)


@once
def test_who_lost_the_role_since_does_nothing(office: Office) -> None:
    case = office.case(title="A")
    step = prepared(office, BulkKind.ASSIGN, case, officer=office.second)
    actions.confirm(step=step, by=office.officer)
    office.officer.fund_roles.update(ended_at=clock.now(), ended_by=office.head)
    bulk.work_off(desk.steps_of(office.officer).get())

    assert told(step) == {"A": ("failed", "Das dürfen Sie nicht tun.")}


# --- starting checks ---------------------------------------------------------------------------------------


@once
def test_checks_begin_and_a_case_stays_with_its_officer(office: Office) -> None:
    free, given = office.case(title="A"), office.case(title="B", officer=office.second)
    begun = office.case(S.FORMAL_CHECK, title="C")
    step = prepared(office, BulkKind.CHECK, free, given, begun)

    assert done(step, office.officer) == {
        "A": ("done", ""),
        "B": ("done", ""),
        "C": ("left_out", "Die Antragsprüfung hat bereits begonnen."),
    }
    free.refresh_from_db()
    given.refresh_from_db()
    assert (free.state, free.officer) == (S.FORMAL_CHECK, office.officer)
    assert (given.state, given.officer) == (S.FORMAL_CHECK, office.second)
    assert FormalCheck.objects.filter(application__in=[free, given]).count() == 2


@once
def test_nothing_begins_while_the_round_takes_applications() -> None:
    office = make_office(RoundState.OPEN)
    step = prepared(office, BulkKind.CHECK, office.case(title="A"), office.case(title="B", late=True))

    assert [line.outcome for line in step.lines.order_by("pk")] == ["left_out", "waits"]
    assert "beginnt nach dem Ende der Antragsfrist" in told(step)["A"][1]


@once
def test_a_step_for_none_cannot_be_confirmed(office: Office) -> None:
    step = prepared(office, BulkKind.CHECK, office.case(S.ELIGIBLE))

    with pytest.raises(NothingToDo):
        actions.confirm(step=step, by=office.officer)
    with pytest.raises(NothingToDo):
        prepared(office, BulkKind.CHECK, make_office().case())


@once
def test_a_coordinator_gives_cases_but_begins_no_check(office: Office) -> None:
    case = office.case(title="A")
    step = actions.prepare(by=office.coordinator, kind=BulkKind.CHECK, cases=[case.pk])

    assert told(step) == {"A": ("left_out", "In diesem Fonds dürfen Sie diesen Schritt nicht tun.")}


@once
@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.FINANCE_A, Role.AUDITOR, Role.COMMITTEE_CLERK])
def test_others_take_no_step_for_many(client: Client, office: Office, role: str) -> None:
    case = office.case()
    reader = make_staff(office.fund, role)
    client.force_login(reader)

    assert "Derselbe Schritt für mehrere Anträge" not in client.get(LIST).content.decode()
    assert client.get(NEW, {"case": case.pk}).status_code == 404
    with pytest.raises(NotPermitted):
        actions.prepare(by=reader, kind=BulkKind.CHECK, cases=[case.pk])


# --- once --------------------------------------------------------------------------------------------------


def test_a_second_press_does_nothing(office: Office) -> None:
    step = prepared(office, BulkKind.MESSAGE, office.case(), text="Die Sitzung ist verlegt.")
    done(step, office.officer)

    with pytest.raises(StartedAlready):
        actions.confirm(step=step, by=office.officer)
    bulk.work_off(step)
    do_bulk(str(step.pk))
    bulk.sweep()
    assert CaseMessage.objects.count() == 1
    assert Notice.objects.filter(code="N31").count() == 1


@pytest.mark.committing
def test_two_workers_write_once_in_each_case(in_threads: Any) -> None:
    office = make_office()
    cases = [office.case() for _ in range(4)]
    step = prepared(office, BulkKind.MESSAGE, *cases, text="Die Sitzung ist verlegt.")
    actions.confirm(step=step, by=office.officer)
    in_threads([lambda: bulk.work_off(desk.steps_of(office.officer).get())] * 2)

    assert CaseMessage.objects.count() == 4
    assert {line.outcome for line in step.lines.all()} == {"done"}


@pytest.mark.committing
def test_two_presses_at_the_same_moment_confirm_once(in_threads: Any) -> None:
    office = make_office()
    step = prepared(office, BulkKind.CHECK, office.case())
    results = in_threads([lambda: actions.confirm(step=step, by=office.officer)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["BulkStep", "StartedAlready"]


def test_the_database_keeps_what_was_confirmed(office: Office) -> None:
    step = prepared(office, BulkKind.MESSAGE, office.case(), text="Verlegt.")
    done(step, office.officer)
    for change in (
        lambda: BulkStep.objects.filter(pk=step.pk).update(text="Anders."),
        lambda: BulkStep.objects.filter(pk=step.pk).update(confirmed_at=None),
        lambda: BulkLine.objects.filter(step=step).update(outcome="waits"),
        lambda: BulkLine.objects.filter(step=step).delete(),
        step.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@once
def test_previews_that_nobody_confirmed_go(office: Office) -> None:
    old, new = (prepared(office, BulkKind.CHECK, office.case()) for _ in range(2))
    BulkStep.objects.filter(pk=old.pk).update(prepared_at=clock.now() - timedelta(days=2))
    bulk.sweep()

    assert list(BulkStep.objects.all()) == [new]


@once
def test_many_are_left_to_the_worker(
    client: Client, office: Office, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    step = prepared(office, BulkKind.CHECK, office.case(), office.case())
    page = reverse("grants:bulk_step", args=[step.pk])
    client.force_login(office.officer)
    client.post(page)
    assert "Es läuft" in client.get(page).content.decode()

    do_bulk(str(step.pk))
    assert "2 von 2" in client.get(page).content.decode()


@once
def test_a_lost_nudge_is_found_by_the_sweep(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    step = prepared(office, BulkKind.CHECK, office.case(title="A"))
    bulk.begin(actions.confirm(step=step, by=office.officer))
    assert told(step) == {"A": ("waits", "")}

    bulk.sweep()
    assert told(step) == {"A": ("done", "")}


@once
def test_while_a_backup_stands_still_the_worker_waits(office: Office) -> None:
    step = prepared(office, BulkKind.CHECK, office.case(title="A"))
    actions.confirm(step=step, by=office.officer)
    make_restoration(by=office.head, state=RestorationState.STANDS_STILL, released_by=None, released_at=None)
    do_bulk(str(step.pk))

    assert told(step) == {"A": ("waits", "")}


# --- messages ----------------------------------------------------------------------------------------------


@once
def test_a_message_to_all_in_a_state(client: Client, office: Office) -> None:
    german, other = office.case(title="A"), office.case(title="B", contact_language="tr")
    office.case(S.ELIGIBLE, title="C")
    make_office(fund=office.fund).case(title="D")
    client.force_login(office.officer)
    data = {"round": str(office.round.pk), "states": [S.SUBMITTED], "text": "Wir brauchen länger.", "text_en": "Later."}
    page = client.post(WRITE, data).url  # type: ignore[attr-defined]
    preview = client.get(page).content.decode()
    assert "Ihre Nachricht geht in 2 Anträgen hinaus." in preview
    assert "Wir brauchen länger." in preview
    assert not CaseMessage.objects.exists()

    assert client.post(page).url == page  # type: ignore[attr-defined]
    assert dict(CaseMessage.objects.values_list("application", "text")) == {
        german.pk: "Wir brauchen länger.",
        other.pk: "Wir brauchen länger.\n\n———\n\nLater.",
    }
    assert Notice.objects.filter(code="N31", case_key=german.case_key).exists()
    assert audit.history(german).filter(action="write_to_many", actor=office.officer).count() == 1
    again = client.post(page)
    assert again.status_code == 409
    assert "bereits gestartet" in again.content.decode()
    assert CaseMessage.objects.count() == 2


@once
def test_what_is_missing_in_a_message_is_told_and_the_text_kept(client: Client, office: Office) -> None:
    office.case()
    client.force_login(office.officer)
    answer = client.post(WRITE, {"round": str(office.round.pk), "text": "Wir brauchen länger."})
    assert set(answer.context["form"].errors) == {"states"}
    assert "Wir brauchen länger." in answer.content.decode()

    none = client.post(WRITE, {"round": str(office.round.pk), "states": [S.RANKED], "text": "Hallo."})
    assert none.context["form"].errors["states"] == ["Kein Antrag dieser Runde ist in einem dieser Stände."]


# --- pages -------------------------------------------------------------------------------------------------


@once
def test_ticked_cases_and_all_of_a_filter(client: Client, office: Office) -> None:
    first, second = office.case(title="A", late=True), office.case(title="B")
    foreign = make_office().case()
    client.force_login(office.officer)
    ticked = client.get(f"{NEW}?act=assign&case={first.pk}&case={foreign.pk}&case={'9' * 30}&case=x")
    every = client.get(f"{NEW}?act=check&all=1&case={first.pk}")
    filtered = client.get(NEW, {"act": "check", "all": "1", "late": "yes"})

    assert [page.context["count"] for page in (ticked, every, filtered)] == [1, 2, 1]
    assert client.get(NEW, {"act": "check"}).context["count"] == 0
    assert client.get(NEW, {"act": "steal"}).status_code == 404
    assert second.officer is None


@once
def test_the_way_of_a_step_through_its_pages(client: Client, office: Office) -> None:
    case = office.case(title="A")
    client.force_login(office.officer)
    address = f"{NEW}?act=assign&case={case.pk}"
    assert f'<option value="{office.officer.pk}" selected>Olga Offizier (ich)</option>' in _flat(client.get(address))
    assert client.post(address, {"to": "0"}).context["form"].errors
    page = client.post(address, {"to": str(office.officer.pk)}).url  # type: ignore[attr-defined]
    assert "1 Antrag geht an Olga Offizier." in _flat(client.get(page))

    after = client.post(page, follow=True)
    assert "1 ist erledigt." in _flat(after)
    case.refresh_from_db()
    assert case.officer == office.officer


@once
def test_a_step_is_nobody_elses_to_press(client: Client, office: Office) -> None:
    step = prepared(office, BulkKind.CHECK, office.case())
    page = reverse("grants:bulk_step", args=[step.pk])
    for person in (office.second, office.head, office.auditor, make_user()):
        client.force_login(person)
        assert client.get(page).status_code == 404
        assert client.post(page).status_code == 404
    client.logout()
    assert client.get(page).status_code == 302


def _flat(response: Any) -> str:
    return " ".join(response.content.decode().split())
