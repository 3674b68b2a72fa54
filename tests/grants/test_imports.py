"""Lists from spreadsheets: all of it or nothing, once, and whoever dies in between leaves nothing."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import audit, clock
from accounts.clock import BERLIN
from accounts.exceptions import NotPermitted
from accounts.models import AuditEntry, FundRole, Membership, Organisation
from accounts.states import MemberRole
from grants import filestore
from grants.actions import imports as actions
from grants.actions.office import start_check
from grants.exceptions import BadFile, ImportGoesOn, NotAllMended, RoundTakesNone
from grants.former import beside
from grants.limits import LISTS
from grants.models import Application, ApplicationVersion, FormerAward, Import, ImportedCase, Round
from grants.snapshots import digest
from grants.states import ApplicationState, ImportStage, IntakeChannel, RoundState, Scan, VersionReason
from grants.tasks import sweep
from notifications.models import Document, Notice, Timer
from notifications.states import RestorationState
from tests.factories import make_organisation, make_restoration, make_round
from tests.grants.factories import upload
from tests.grants.lists import (
    AWARDS,
    CASES,
    award_row,
    brought,
    case_row,
    checked,
    csv_of,
    found,
    ordered,
    worked,
    xlsx,
)
from tests.grants.office_world import Office, make_office
from tests.services import Worker, wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
DEADLINE = datetime(2026, 2, 24, 12, tzinfo=BERLIN)
ALL = 1000


@pytest.fixture
def office() -> Office:
    return make_office(opens_at=DEADLINE - timedelta(days=30), deadline_at=DEADLINE)


def run(office: Office, content: bytes, **more: Any) -> Import:
    """A list of applications, as far as it comes without a person's word."""
    return checked(brought(content, by=office.coordinator, round_=office.round, **more), by=office.coordinator)


def imported(office: Office, content: bytes, **more: Any) -> Import:
    """The same, written."""
    batch = run(office, content, **more)
    return worked(ordered(batch, by=office.coordinator))


# --- The good list ------------------------------------------------------------------------------------------


def test_a_thousand_applications_come_in_whole_and_once(office: Office) -> None:
    content = xlsx([case_row(number) for number in range(1, ALL + 1)])
    batch = run(office, content)

    assert (batch.stage, batch.total_rows, batch.done_rows) == (ImportStage.CHECKED, ALL, ALL)
    assert batch.counts == {"new": ALL, "same": 0, "changed": 0, "errors": 0, "bad_rows": 0}
    assert Application.objects.count() == 0
    done = worked(ordered(batch, by=office.coordinator))

    assert (done.stage, done.counts) == (ImportStage.DONE, {"new": ALL, "corrected": 0, "same": 0, "changed": 0})
    numbers = set(Application.objects.values_list("case_number", flat=True))
    assert numbers == {f"{office.fund.case_prefix}-2026-{number:04}" for number in range(1, ALL + 1)}
    for rows in (Organisation.objects, ApplicationVersion.objects, ImportedCase.objects):
        assert rows.count() == ALL
    assert AuditEntry.objects.filter(action="import_case").count() == ALL
    assert (Notice.objects.count(), Document.objects.count()) == (0, 0)

    again = run(office, content)
    assert again.counts == {"new": 0, "same": ALL, "changed": 0, "errors": 0, "bad_rows": 0}
    assert worked(ordered(again, by=office.coordinator)).counts["new"] == 0
    assert Application.objects.count() == ALL


def test_an_imported_case_is_a_sent_case_like_any_other(office: Office) -> None:
    imported(office, xlsx([case_row(1, requested=800.5, cost=1000.5)]))
    case = Application.objects.get()

    assert (case.state, case.channel, case.late) == (ApplicationState.SUBMITTED, IntakeChannel.IMPORT, False)
    assert (case.title, case.municipality, str(case.organisation)) == (
        "Sprachcafé 1",
        "Garbsen",
        "Verein Nummer 1 e. V.",
    )
    assert (case.requested_cents, case.applied_cents, case.cost_cents) == (80050, 80050, 100050)
    assert case.plan_balances()
    assert [line.amount_cents for line in case.cost_lines.all()] == [100050]
    assert [(line.kind, line.amount_cents) for line in case.funding_lines.all()] == [("own_cash", 20000)]
    version = case.versions.get()
    assert (version.number, version.reason, version.sha256) == (1, VersionReason.SUBMIT, digest(version.data))
    assert version.data["fields"]["title"] == "Sprachcafé 1"
    assert version.data["cost_lines"][0]["amount_cents"] == 100050
    (line,) = audit.history(case)
    assert (line.action, line.actor, line.data["row"]) == ("import_case", office.coordinator, 2)
    start_check(application=case, by=office.officer)


def test_the_round_knows_who_imported_what(office: Office) -> None:
    batch = imported(office, xlsx([case_row(1), case_row(2)]))

    (line,) = audit.history(office.round)
    assert (line.action, line.actor) == ("import_applications", office.coordinator)
    assert line.data == {
        "new": 2, "corrected": 0, "same": 0, "changed": 0, "file": "liste.xlsx", "sha256": batch.sha256,
        "import": batch.pk,
    }  # fmt: skip
    assert [line.action for line in audit.history(batch)] == ["start_import"]
    assert filestore.full_path(batch.path).is_file()


@pytest.mark.parametrize(
    ("received", "at", "late"),
    [
        (date(2026, 2, 23), datetime(2026, 2, 23, 12, tzinfo=BERLIN), False),
        (date(2026, 2, 24), DEADLINE, False),
        ("24.02.2026 12:00", DEADLINE, False),
        ("24.02.2026 12:01", DEADLINE + timedelta(minutes=1), True),
        ("25.02.2026", datetime(2026, 2, 25, 12, tzinfo=BERLIN), True),
    ],
)
def test_whether_it_came_late_is_judged_by_the_list(office: Office, received: Any, at: datetime, late: bool) -> None:
    imported(office, xlsx([case_row(1, received=received)]))
    case = Application.objects.get()
    assert (case.submitted_at, case.received_at, case.late) == (at, at, late)


def test_the_office_is_warned_of_the_three_months_only_while_they_are_to_come(office: Office) -> None:
    clock.freeze(datetime(2026, 4, 1, 8, tzinfo=UTC))
    imported(office, xlsx([case_row(1), case_row(2, received=date(2025, 11, 1))]))
    sweep()

    assert list(Timer.objects.values_list("due_at", flat=True)) == [datetime(2026, 5, 24, 21, 59, 59, tzinfo=UTC)]
    assert Notice.objects.count() == 0


def test_numbers_of_the_old_list_are_kept(office: Office) -> None:
    headings = ("Aktenzeichen", *CASES[1:])
    imported(office, xlsx([case_row(0, number="50.1-A/17"), case_row(0, number=None, title="Zweitens")], headings))

    assert sorted(str(case) for case in Application.objects.all()) == [
        "50.1-A/17 Sprachcafé 0",
        f"{office.fund.case_prefix}-2026-0001 Zweitens",
    ]


def test_the_fund_knows_its_organisations_again(office: Office) -> None:
    known = office.case(organisation=make_organisation(name="Brücke e. V.", city="Garbsen")).organisation
    elsewhere = make_office().case(organisation=make_organisation(name="Chor e. V.", city="Garbsen")).organisation
    rows = [
        case_row(1, organisation="BRUECKE e. V."), case_row(2, organisation="Brücke e. V.", city="Laatzen"),
        case_row(3, organisation="Chor e. V."), case_row(4, organisation="Brücke e. V.", kind="Privatperson"),
        case_row(5, organisation="Neu e. V."), case_row(6, organisation="Neu e. V."),
    ]  # fmt: skip
    imported(office, xlsx(rows))

    cases = {c.title: c.organisation_id for c in Application.objects.filter(channel=IntakeChannel.IMPORT)}
    assert known is not None
    assert elsewhere is not None
    assert [title for title, pk in cases.items() if pk == known.pk] == ["Sprachcafé 1"]
    assert elsewhere.pk not in cases.values()
    assert cases["Sprachcafé 5"] == cases["Sprachcafé 6"]
    assert len(set(cases.values())) == 5


# --- The broken lists ---------------------------------------------------------------------------------------

BROKEN = {
    "wrong entries in a workbook": (
        xlsx([
            case_row(1), case_row(2, received="bald"), case_row(3, requested=-5), case_row(4, kind="GmbH", title=None),
            case_row(5, organisation=None), case_row(6, cost=10), case_row(6),
        ]),
        [
            (3, "received", "day"), (4, "requested_cents", "amount_negative"), (5, "kind", "kind"),
            (5, "title", "missing"), (6, "organisation", "missing"), (7, "requested_cents", "above_cost"),
        ],
    ),
    "rows that stand twice, in a CSV file": (
        csv_of([case_row(1, received="24.02.2026"), case_row(1, received="24.02.2026", title="Anders")], code="cp1252"),
        [(3, "number", "number_twice")],
    ),
    "formulas, and numbers that are given already": (
        xlsx(
            [case_row(0, number="F-2026-0001"), case_row(0, number="alt", title="=A1"), case_row(0, number="neu")],
            ("Aktenzeichen", *CASES[1:]),
        ),
        [(2, "case_number", "case_reserved"), (3, "title", "formula")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_list_is_told_by_row_and_column_and_writes_nothing(office: Office, name: str) -> None:
    content, wrong = BROKEN[name]
    type(office.fund).objects.filter(pk=office.fund.pk).update(case_prefix="F")
    batch = run(office, content)

    assert (batch.stage, batch.counts["errors"]) == (ImportStage.CHECKED, len(wrong))
    assert found(batch) == wrong
    with pytest.raises(NotAllMended):
        ordered(batch, by=office.coordinator)
    assert Application.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [(b"nur Text\n", "no_headings", 0), (b'A;B\n1;"offen\n', "quotes", 2), (csv_of([]), "no_rows", 0)],
)
def test_a_file_that_is_no_list_fails_and_says_why(office: Office, content: bytes, code: str, row: int) -> None:
    batch = brought(content, by=office.coordinator, round_=office.round, name="liste.csv")

    assert (batch.stage, batch.failure, batch.failure_row) == (ImportStage.FAILED, code, row)
    assert [line.action for line in audit.history(batch)] == ["start_import", "fail_import"]


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%%EOF\n", b"MZ" + bytes(500), b"", b"\xd0\xcf\x11\xe0" + bytes(99)])
def test_other_files_do_not_come_in(content: bytes) -> None:
    with pytest.raises(BadFile):
        filestore.store(upload("liste.xlsx", content), LISTS)


def test_a_number_of_another_case_is_not_given_twice(office: Office) -> None:
    office.case(case_number="50.1-A/17")
    batch = run(office, xlsx([case_row(0, number="50.1-A/17")], ("Aktenzeichen", *CASES[1:])))
    assert found(batch) == [(2, "case_number", "case_taken")]


def test_nobody_imports_for_the_own_organisation(office: Office) -> None:
    own = make_organisation(name="Brücke e. V.", register_number="VR 4711")
    Membership.objects.create(organisation=own, user=office.coordinator, role=MemberRole.READER)
    rows = [
        [*case_row(1, organisation="Brücke e. V."), ""], [*case_row(2), "vr4711"], [*case_row(3), "VR 1"],
    ]  # fmt: skip
    batch = run(office, xlsx(rows, (*CASES, "Registernummer")))
    assert found(batch) == [(2, "organisation", "own"), (3, "organisation", "own")]


# --- Again --------------------------------------------------------------------------------------------------


def test_a_longer_list_brings_only_what_is_new(office: Office) -> None:
    imported(office, xlsx([case_row(1), case_row(2)]))
    batch = imported(office, csv_of([case_row(n, received="24.02.2026") for n in (2, 3, 1)]), name="liste.csv")

    assert batch.counts == {"new": 1, "corrected": 0, "same": 2, "changed": 0}
    assert Application.objects.count() == 3


def test_a_changed_row_is_named_and_leaves_the_case_alone(office: Office) -> None:
    imported(office, xlsx([case_row(1)]))
    batch = run(office, xlsx([case_row(1, title="Anders"), case_row(2)]))

    assert batch.counts == {"new": 1, "same": 0, "changed": 1, "errors": 0, "bad_rows": 0}
    assert found(batch) == [(2, "organisation", "changed")]
    with pytest.raises(NotAllMended):
        ordered(batch, by=office.coordinator)
    done = worked(ordered(batch, by=office.coordinator, with_changed=True))
    assert done.counts == {"new": 1, "corrected": 0, "same": 0, "changed": 1}
    assert sorted(Application.objects.values_list("title", flat=True)) == ["Sprachcafé 1", "Sprachcafé 2"]


def test_rows_without_a_number_are_known_by_what_they_say(office: Office) -> None:
    plain, numbered = (
        case_row(0)[1:],
        case_row(7, organisation="Verein Nummer 0 e. V.", title="Sprachcafé 0", cost=1000),
    )
    imported(office, xlsx([plain], CASES[1:]))

    assert run(office, xlsx([plain], CASES[1:])).counts["same"] == 1
    assert run(office, xlsx([numbered])).counts["same"] == 1
    assert run(office, xlsx([numbered, case_row(8, title="Neu")])).counts["new"] == 1


def test_another_round_begins_its_numbers_anew(office: Office) -> None:
    imported(office, xlsx([case_row(1)]))
    other = make_round(office.fund, state=RoundState.CLOSED, opens_at=office.round.opens_at, deadline_at=DEADLINE)
    batch = checked(brought(xlsx([case_row(1)]), by=office.coordinator, round_=other), by=office.coordinator)
    assert batch.counts["new"] == 1


# --- Former awards ------------------------------------------------------------------------------------------


def awards(office: Office, rows: list[list[Any]], headings: tuple[str, ...] = AWARDS) -> Import:
    batch = brought(xlsx(rows, headings), by=office.head, fund=office.fund)
    return checked(batch, by=office.head)


def test_former_awards_come_in_and_are_corrected_by_a_newer_list(office: Office) -> None:
    rows = [award_row(1), award_row(2, organisation="Maria Muster", private="ja"), award_row(3, year=2022)]
    done = worked(ordered(awards(office, rows), by=office.head))

    assert (done.stage, done.counts["new"]) == (ImportStage.DONE, 3)
    assert list(
        FormerAward.objects.order_by("key").values_list("budget_year", "amount_cents", "private", "publish")
    ) == [
        (2022, 123456, False, True),
        (2023, 123456, False, True),
        (2023, 123456, True, False),
    ]
    newer = awards(office, [award_row(1, amount=99), *rows[1:]])
    assert newer.counts == {"new": 0, "same": 2, "changed": 1, "errors": 0, "bad_rows": 0}
    worked(ordered(newer, by=office.head, with_changed=True))
    award = FormerAward.objects.get(key="n:2023:1")
    assert award.amount_cents == 9900
    (line,) = audit.history(award)
    assert (line.action, line.data["before"], line.data["after"]) == (
        "correct_former_award",
        {"amount_cents": 123456},
        {"amount_cents": 9900},
    )


def test_former_awards_stand_beside_a_case_of_the_same_applicant(office: Office) -> None:
    headings = (*AWARDS, "Registernummer")
    rows = [
        [*award_row(1, organisation="Brücke e. V."), ""], [*award_row(2, organisation="Anders"), "VR 4711"],
        [*award_row(3, organisation="Fremd", title="Sprachcafé"), ""], [*award_row(4, organisation="Fremd"), "VR 1"],
    ]  # fmt: skip
    worked(ordered(awards(office, rows, headings), by=office.head))
    organisation = make_organisation(name="Brücke e. V.", register_number="VR 4711")
    case = office.case(title="Sprachcafé", organisation=organisation)

    told = {one.award.key: [str(ground) for ground in one.grounds] for one in beside(case, office.officer).awards}
    assert told == {
        "n:2023:1": ["derselbe Name"],
        "n:2023:2": ["dieselbe Registernummer"],
        "n:2023:3": ["derselbe Titel"],
    }
    assert beside(case, make_office().officer).awards == ()


def test_an_award_is_tied_to_an_organisation_only_beyond_doubt(office: Office) -> None:
    known = [
        office.case(organisation=make_organisation(name=name, city="Garbsen")).organisation for name in ("A", "B", "B")
    ]
    rows = [
        award_row(1, organisation="A"),
        award_row(2, organisation="B"),
        award_row(3, organisation="A", private="ja"),
    ]
    worked(ordered(awards(office, rows), by=office.head))

    assert known[0] is not None
    tied = FormerAward.objects.order_by("key").values_list("organisation", flat=True)
    assert list(tied) == [known[0].pk, None, None]


# --- Who and when -------------------------------------------------------------------------------------------


def test_only_who_runs_the_fund_imports(office: Office) -> None:
    stored = filestore.store(upload("liste.csv", csv_of([case_row(1)])), LISTS)
    for person in (office.officer, office.auditor, make_office().coordinator):
        with pytest.raises(NotPermitted):
            brought(csv_of([case_row(1)]), by=person, round_=office.round, name="liste.csv")
    batch = run(office, xlsx([case_row(1)]))
    FundRole.objects.filter(user=office.coordinator).update(ended_at=clock.now(), ended_by=office.head)
    with pytest.raises(NotPermitted):
        ordered(batch, by=office.coordinator)
    assert stored.content_type == "text/csv"


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.PUBLISHED, RoundState.SCORING, RoundState.ARCHIVED])
def test_a_round_takes_lists_while_it_takes_applications(office: Office, state: RoundState) -> None:
    Round.objects.filter(pk=office.round.pk).update(state=state)
    office.round.refresh_from_db()
    with pytest.raises(RoundTakesNone):
        brought(xlsx([case_row(1)]), by=office.coordinator, round_=office.round)


def test_a_round_that_went_on_meanwhile_takes_nothing(office: Office) -> None:
    batch = ordered(run(office, xlsx([case_row(1)])), by=office.coordinator)
    Round.objects.filter(pk=office.round.pk).update(state=RoundState.SCORING)

    assert (worked(batch).stage, batch.failure) == (ImportStage.FAILED, "closed")
    assert Application.objects.count() == 0


def test_what_was_broken_off_is_never_written(office: Office) -> None:
    batch = ordered(run(office, xlsx([case_row(1)])), by=office.coordinator)
    actions.cancel_import(batch=batch, by=office.coordinator)

    assert worked(batch).stage == ImportStage.CANCELLED
    assert Application.objects.count() == 0
    with pytest.raises(ImportGoesOn):
        actions.cancel_import(batch=batch, by=office.coordinator)


def test_a_page_that_is_old_orders_nothing(office: Office) -> None:
    batch = run(office, xlsx([case_row(1)]))
    ordered(batch, by=office.coordinator)
    with pytest.raises(ImportGoesOn):
        actions.order_import(batch=batch, by=office.coordinator, seen_version=batch.version, with_changed=False)


def test_a_list_waits_for_the_virus_scanner(office: Office) -> None:
    batch = brought(xlsx([case_row(1)]), by=office.coordinator, round_=office.round)
    Import.objects.filter(pk=batch.pk).update(scan=Scan.WAITING, stage=ImportStage.READING)
    assert worked(batch).stage == ImportStage.READING
    Import.objects.filter(pk=batch.pk).update(scan=Scan.INFECTED)
    assert (worked(batch).stage, batch.failure) == (ImportStage.FAILED, "infected")


def test_what_somebody_else_imported_meanwhile_is_not_written_twice(office: Office) -> None:
    content = xlsx([case_row(1), case_row(2)])
    first, second = (ordered(run(office, content), by=office.coordinator) for _turn in range(2))
    worked(first)

    assert worked(second).counts == {"new": 0, "corrected": 0, "same": 2, "changed": 0}
    assert Application.objects.count() == 2


def test_what_became_wrong_meanwhile_is_told_instead_of_written(office: Office) -> None:
    headings = ("Aktenzeichen", *CASES[1:])
    batch = ordered(
        run(office, xlsx([case_row(0, number="Alt 1"), case_row(0, number="Alt 2")], headings)), by=office.coordinator
    )
    office.case(case_number="Alt 2")

    assert (worked(batch).stage, found(batch)) == (ImportStage.CHECKED, [(3, "case_number", "case_taken")])
    assert ImportedCase.objects.count() == 0


# --- Faults -------------------------------------------------------------------------------------------------


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


def test_the_database_keeps_what_was_imported(office: Office) -> None:
    done = imported(office, xlsx([case_row(1)]))
    worked(ordered(awards(office, [award_row(1)]), by=office.head))

    assert refused(f"UPDATE grants_import SET sha256 = 'x' WHERE id = {done.pk}")
    assert refused(f"UPDATE grants_import SET stage = 'WRITING' WHERE id = {done.pk}")
    assert refused("DELETE FROM grants_import")
    assert refused("UPDATE grants_importedcase SET key = 'x'")
    assert refused("DELETE FROM grants_importedcase")
    assert refused("UPDATE grants_formeraward SET amount_cents = 0")
    award = FormerAward.objects.get()
    award.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        award.save(force_insert=True)


def test_a_row_that_the_database_refuses_takes_all_others_with_it(office: Office) -> None:
    batch = ordered(run(office, xlsx([case_row(1), case_row(2)])), by=office.coordinator)
    # The last thing of all that is written.
    with connection.cursor() as cursor:
        _refuse_lines(cursor)
    with pytest.raises(DatabaseError):
        worked(batch)

    assert (Application.objects.count(), Organisation.objects.count(), ImportedCase.objects.count()) == (0, 0, 0)
    batch.refresh_from_db()
    assert batch.stage == ImportStage.WRITING


def _refuse_lines(cursor: Any) -> None:
    if connection.vendor == "sqlite":
        cursor.execute(
            "CREATE TRIGGER no_line BEFORE INSERT ON accounts_auditentry WHEN NEW.action = 'import_case'"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        return
    cursor.execute(
        "CREATE TRIGGER no_line BEFORE INSERT ON accounts_auditentry FOR EACH ROW WHEN (NEW.action = 'import_case')"
        " EXECUTE FUNCTION accounts_refuse('no')"
    )


def test_a_list_on_which_workers_die_again_and_again_is_given_up(office: Office) -> None:
    batch = ordered(run(office, xlsx([case_row(1)])), by=office.coordinator)
    Import.objects.filter(pk=batch.pk).update(attempts=4)
    assert (worked(batch).stage, batch.failure) == (ImportStage.FAILED, "internal")


def test_a_list_whose_wake_up_was_lost_is_found(office: Office) -> None:
    batch = ordered(run(office, xlsx([case_row(1)])), by=office.coordinator)
    assert list(actions.waiting()) == [batch.pk]
    Import.objects.filter(pk=batch.pk).update(lease_token="else.where", lease_until=clock.now() + timedelta(minutes=4))
    assert list(actions.waiting()) == []
    assert worked(batch).stage == ImportStage.WRITING


def test_nothing_is_written_while_a_restored_backup_stands_still(office: Office) -> None:
    batch = ordered(run(office, xlsx([case_row(1)])), by=office.coordinator)
    restored = make_restoration(
        by=office.head,
        state=RestorationState.STANDS_STILL,
        clocks_by=None,
        clocks_at=None,
        released_by=None,
        released_at=None,
    )
    assert worked(batch).stage == ImportStage.WRITING
    restored.delete()
    assert worked(batch).stage == ImportStage.DONE


@pytest.mark.committing
def test_two_workers_and_two_presses_write_once(
    office: Office, in_threads: Callable[[Sequence[Callable[[], Any]]], list[Any]]
) -> None:
    content = xlsx([case_row(number) for number in range(1, 31)])
    batches = [run(office, content) for _turn in range(2)]
    results = in_threads([partial(ordered, batch, by=office.coordinator) for batch in batches for _press in range(2)])
    assert sum(isinstance(result, ImportGoesOn) for result in results) == 2

    results = in_threads([partial(worked, batch) for batch in batches for _worker in range(2)])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert Application.objects.count() == 30
    assert sorted(batch.counts["new"] for batch in Import.objects.all()) == [0, 30]


@pytest.mark.committing
@pytest.mark.postgresql
def test_a_worker_that_is_killed_while_it_writes_leaves_nothing_and_another_goes_on(
    office: Office, start_worker: Callable[..., Worker]
) -> None:
    batch = run(office, xlsx([case_row(number) for number in range(1, 51)]))
    with connection.cursor() as cursor:
        # The worker stands still after everything but the last table is written.
        cursor.execute("SELECT pg_advisory_lock(4711)")
        cursor.execute(
            "CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER stand_still BEFORE INSERT ON accounts_auditentry FOR EACH ROW"
            " WHEN (NEW.action = 'import_case') EXECUTE FUNCTION stand_still()"
        )
    worker = start_worker("slow")
    ordered(batch, by=office.coordinator)
    wait_until(_stands_still, 30, "the worker to write")
    worker.kill()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(4711)")

    assert (Application.objects.count(), Organisation.objects.count()) == (0, 0)
    wait_until(lambda: list(actions.waiting()) == [batch.pk], 30, "the dead worker's lease")
    assert (worked(batch).stage, Application.objects.count()) == (ImportStage.DONE, 50)


def _stands_still() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])
