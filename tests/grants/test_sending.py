from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.states import MemberRole
from grants import actions, arrival, steps
from grants.exceptions import AlreadySent, Changed, Incomplete, RoundNotOpen
from grants.models import Application, ApplicationVersion, CaseCounter, Round
from grants.sections import Section
from grants.snapshots import digest
from grants.states import ApplicationState as S
from grants.states import RoundState
from notifications.dates import deadline_from_minutes
from notifications.models import Document, Notice, Timer
from reviews.actions import withdrawals
from tests.factories import make_fund, make_member, make_organisation, make_round
from tests.grants.factories import make_sendable, organisation_of, sender_of

NOON = datetime(2026, 9, 1, 10, 0, 0, tzinfo=UTC)
# A project that begins after whatever deadline a test has.
IN_2028: Final[dict[str, Any]] = {"starts_on": date(2028, 1, 1), "ends_on": date(2028, 6, 30)}

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def statements(queries: CaptureQueriesContext) -> list[str]:
    """The statements that read or write; begin, savepoint and commit are none."""
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ")
    return [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(control)]


def send(application: Application, at: datetime | None = None) -> Application:
    return actions.submit(
        application=application, by=sender_of(application), seen_version=application.version, arrived_at=at
    )


@pytest.mark.committing
class TestSubmit:
    def test_submit_complete_draft(self) -> None:
        fund = make_fund(case_prefix="MIT")
        draft = make_sendable(round=make_round(fund))

        sent = send(draft)

        assert (sent.state, sent.case_number, sent.late) == (S.SUBMITTED, f"MIT-{clock.today().year}-0001", False)
        assert sent.submitted_by == sender_of(draft)
        assert sent.applied_cents == 80_000
        version = ApplicationVersion.objects.get(application=sent)
        assert (version.number, version.reason) == (1, "submit")
        assert version.sha256 == digest(version.data)
        assert version.data["fields"]["title"] == draft.title
        assert [line["amount_cents"] for line in version.data["cost_lines"]] == [100_000]
        assert [file["kind"] for file in version.data["attachments"]] == ["statutes", "exemption_notice"]

    def test_submit_owes_receipt_notice_and_timer_together(self) -> None:
        sent = send(make_sendable())

        assert Document.objects.get(key=f"C01:{sent.case_key}").data["case_number"] == sent.case_number
        notice = Notice.objects.get(code="N01")
        assert notice.key == f"N01:{sent.case_key}:{sender_of(sent).pk}"
        assert str(sent.case_number) in notice.subject
        timer = Timer.objects.get(key=f"decision_due:{sent.pk}")
        assert timer.due_at > clock.now() + timedelta(days=88)

    def test_submit_history(self) -> None:
        sent = send(make_sendable())

        line = audit.history(sent).get(action="submit")
        assert (line.from_state, line.to_state, line.actor) == (S.DRAFT, S.SUBMITTED, sender_of(sent))

    def test_submit_twice_sends_once(self) -> None:
        draft = make_sendable()
        sent = send(draft)

        with pytest.raises(AlreadySent):
            send(draft)

        assert CaseCounter.objects.get().last == 1
        assert ApplicationVersion.objects.count() == 1
        assert Application.objects.get(pk=sent.pk).version == sent.version

    def test_submit_of_what_was_not_reviewed(self) -> None:
        draft = make_sendable()
        by = sender_of(draft)
        actions.save_fields(application=draft, by=by, seen_version=draft.version, values={"title": "Anders"})

        with pytest.raises(Changed):
            actions.submit(application=draft, by=by, seen_version=draft.version)

        assert not CaseCounter.objects.exists()

    def test_submit_incomplete_changes_nothing(self) -> None:
        draft = make_sendable(title="")

        with pytest.raises(Incomplete) as refusal:
            send(draft)

        assert [(p.section, p.field) for p in refusal.value.problems] == [("project", "title")]
        assert not CaseCounter.objects.exists()
        assert not Notice.objects.exists()

    @pytest.mark.parametrize(("role", "represents"), [(MemberRole.OWNER, False), (MemberRole.EDITOR, False)])
    def test_submit_needs_representation(self, role: str, represents: bool) -> None:
        draft = make_sendable()
        other = make_member(organisation_of(draft), role, represents)

        with pytest.raises(NotPermitted):
            actions.submit(application=draft, by=other, seen_version=draft.version)

    def test_submit_by_another_association(self) -> None:
        draft = make_sendable()
        stranger = make_member(make_organisation())

        with pytest.raises(NotPermitted):
            actions.submit(application=draft, by=stranger, seen_version=draft.version)

    @pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.PUBLISHED, RoundState.ARCHIVED])
    def test_submit_when_round_takes_nothing(self, state: str) -> None:
        draft = make_sendable(round=make_round(state=state))

        with pytest.raises(RoundNotOpen):
            send(draft)

    @pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.SCORING, RoundState.COMMITTEE])
    def test_submit_late_is_never_refused(self, state: str) -> None:
        draft = make_sendable(round=make_round(state=state, deadline_at=clock.now() - timedelta(days=1)))

        assert send(draft).late is True

    def test_submit_number_of_next_year_begins_anew(self) -> None:
        fund = make_fund(case_prefix="MIT")
        first, second = (make_sendable(round=make_round(fund)) for _ in range(2))

        numbers = [
            send(first, datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)).case_number,
            send(second, datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC)).case_number,
        ]

        assert numbers == ["MIT-2026-0001", "MIT-2027-0001"]

    def test_rollback_leaves_no_gap(self) -> None:
        fund = make_fund(case_prefix="MIT")
        broken, good = make_sendable(round=make_round(fund), title=""), make_sendable(round=make_round(fund))

        with pytest.raises(Incomplete):
            send(broken)

        assert str(send(good).case_number).endswith("-0001")


@pytest.mark.committing
@pytest.mark.parametrize(
    ("microseconds", "late"),
    [(-1_000, False), (0, False), (1_000, False), (999_999, False), (1_000_000, True), (1_001_000, True)],
)
def test_deadline_to_the_millisecond(microseconds: int, late: bool) -> None:
    draft = make_sendable(round=make_round(opens_at=NOON - timedelta(days=9), deadline_at=NOON))

    assert send(draft, NOON + timedelta(microseconds=microseconds)).late is late


# Deadlines, in minutes as the office enters them, on the days when the clocks in Berlin change: both readings of the
# doubled hour, the minutes beside the hour that is left out, and the end of either day.
CLOCK_CHANGES = [
    ("2026-10-25T02:30", 0, "2026-10-25T00:30:59Z"),
    ("2026-10-25T02:30", 1, "2026-10-25T01:30:59Z"),
    ("2026-10-25T23:59", None, "2026-10-25T22:59:59Z"),
    ("2027-03-28T01:59", None, "2027-03-28T00:59:59Z"),
    ("2027-03-28T03:00", None, "2027-03-28T01:00:59Z"),
    ("2027-03-28T23:59", None, "2027-03-28T21:59:59Z"),
]


def ends_at(local: str, fold: Literal[0, 1] | None, last_second: str) -> Round:
    deadline = deadline_from_minutes(datetime.fromisoformat(local), fold)
    assert deadline == datetime.fromisoformat(last_second)
    return make_round(opens_at=deadline - timedelta(days=9), deadline_at=deadline)


@pytest.mark.committing
@pytest.mark.parametrize(("local", "fold", "last_second"), CLOCK_CHANGES)
def test_last_second_of_the_deadline_when_the_clocks_change(
    local: str, fold: Literal[0, 1] | None, last_second: str
) -> None:
    round_ = ends_at(local, fold, last_second)
    moments = [round_.deadline_at + timedelta(seconds=seconds) for seconds in (0, 0.999, 1, 3600)]

    sent = [send(make_sendable(round=round_, **IN_2028), moment) for moment in moments]

    assert [application.late for application in sent] == [False, False, True, True]
    assert [application.submitted_at for application in sent] == moments


@pytest.mark.committing
@pytest.mark.parametrize(("local", "fold", "last_second"), [CLOCK_CHANGES[0], CLOCK_CHANGES[1], CLOCK_CHANGES[5]])
def test_pages_judge_the_last_second_as_the_sending_does(
    client: Client, local: str, fold: Literal[0, 1] | None, last_second: str
) -> None:
    round_, found = ends_at(local, fold, last_second), []
    for seconds in (0, 1):
        draft = make_sendable(round=round_, **IN_2028)
        client.force_login(sender_of(draft))
        clock.freeze(round_.deadline_at + timedelta(seconds=seconds))
        review = client.get(reverse("grants:review", args=[draft.pk]))
        client.post(reverse("grants:review", args=[draft.pk]), {"version": draft.version})
        found.append((review.context["late"], Application.objects.get(pk=draft.pk).late))

    assert found == [(False, False), (True, True)]


class TestSubmitPage:
    def press(self, client: Client, draft: Application, **more: str) -> Any:
        client.force_login(sender_of(draft))
        return client.post(reverse("grants:review", args=[draft.pk]), {"version": draft.version, **more})

    @pytest.mark.committing
    def test_two_presses_show_the_same_receipt(self, client: Client) -> None:
        draft = make_sendable()
        receipt = reverse("grants:receipt", args=[draft.pk])

        answers = [self.press(client, draft) for _ in range(2)]

        assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, receipt)] * 2
        page = client.get(receipt).content.decode()
        assert str(Application.objects.get().case_number) in page
        assert Notice.objects.filter(code="N01").count() == 1

    @pytest.mark.committing
    def test_stale_review_page(self, client: Client) -> None:
        draft = make_sendable()
        by = sender_of(draft)
        actions.save_fields(application=draft, by=by, seen_version=draft.version, values={"title": "Anders"})

        answer = self.press(client, draft)

        assert answer.status_code == 409
        assert "Anders" in answer.content.decode()
        assert Application.objects.get().state == S.DRAFT

    @pytest.mark.committing
    def test_incomplete_lists_problems_with_links(self, client: Client) -> None:
        draft = make_sendable(title="", privacy_read=False)

        page = self.press(client, draft).content.decode()

        assert reverse("grants:section", args=[draft.pk, "project"]) + "?check=1#id_title" in page
        assert reverse("grants:section", args=[draft.pk, "declarations"]) + "?check=1#id_privacy_read" in page

    def test_each_step_can_be_changed_from_here_by_who_writes(self, client: Client) -> None:
        draft = make_sendable()
        ways = [reverse("grants:section", args=[draft.pk, section.value]) for section in Section if section != "files"]
        ways.append(reverse("grants:files", args=[draft.pk]))
        review = reverse("grants:review", args=[draft.pk])

        client.force_login(sender_of(draft))
        page = client.get(review).content.decode()
        assert [way for way in ways if f'href="{way}?check=1"' not in page] == []

        client.force_login(make_member(organisation_of(draft), MemberRole.READER))
        assert "?check=1" not in client.get(review).content.decode()

    @pytest.mark.committing
    def test_editor_reads_why_there_is_no_button(self, client: Client) -> None:
        draft = make_sendable()
        editor = make_member(organisation_of(draft), MemberRole.EDITOR)
        client.force_login(editor)

        page = client.get(reverse("grants:review", args=[draft.pk])).content.decode()
        answer = client.post(reverse("grants:review", args=[draft.pk]), {"version": draft.version})

        assert 'name="version"' not in page
        assert answer.status_code == 404

    @pytest.mark.committing
    def test_moment_of_first_try_counts(self, client: Client) -> None:
        deadline = clock.now().replace(microsecond=0) - timedelta(minutes=1)
        draft = make_sendable(round=make_round(state=RoundState.CLOSED, deadline_at=deadline))
        at = deadline - timedelta(seconds=1)
        token = arrival.keep(application=draft.pk, version=draft.version, at=at)

        self.press(client, draft, arrival=token)

        assert (Application.objects.get().late, Application.objects.get().submitted_at) == (False, at)

    @pytest.mark.committing
    def test_moment_of_first_try_counts_for_a_quarter_of_an_hour(self, client: Client) -> None:
        deadline = clock.now().replace(microsecond=0) - timedelta(minutes=16)
        draft = make_sendable(round=make_round(state=RoundState.CLOSED, deadline_at=deadline))
        with time_machine.travel(deadline, tick=False):
            token = arrival.keep(application=draft.pk, version=draft.version, at=deadline)

        self.press(client, draft, arrival=token)

        assert Application.objects.get().late is True

    @pytest.mark.committing
    @pytest.mark.parametrize("token", ["", "nonsense", "foreign", "another text"])
    def test_moment_cannot_be_invented(self, client: Client, token: str) -> None:
        deadline = clock.now().replace(microsecond=0) - timedelta(minutes=1)
        draft = make_sendable(round=make_round(state=RoundState.CLOSED, deadline_at=deadline))
        at = deadline - timedelta(seconds=1)
        made = {
            "foreign": arrival.keep(application=draft.pk + 1, version=draft.version, at=at),
            "another text": arrival.keep(application=draft.pk, version=draft.version - 1, at=at),
        }

        self.press(client, draft, arrival=made.get(token, token))

        assert Application.objects.get().late is True

    @pytest.mark.committing
    @pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1e3"])
    def test_nonsense_version_is_stale(self, client: Client, version: str) -> None:
        draft = make_sendable()
        client.force_login(sender_of(draft))

        answer = client.post(reverse("grants:review", args=[draft.pk]), {"version": version})

        assert answer.status_code == 409

    @pytest.mark.committing
    def test_submit_queries(self, client: Client) -> None:
        draft = make_sendable()
        self.press(client, make_sendable(round=draft.round, organisation=make_organisation()))
        client.force_login(sender_of(draft))

        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse("grants:review", args=[draft.pk]), {"version": draft.version})

        assert answer.status_code == 302
        assert len(statements(queries)) == (24 if connection.vendor == "sqlite" else 25)


@pytest.mark.committing
class TestWithdraw:
    @pytest.mark.parametrize("state", [S.SUBMITTED, S.FORMAL_CHECK, S.RETURNED, S.INELIGIBLE, S.ELIGIBLE])
    def test_withdraw_early(self, state: str) -> None:
        case = make_sendable(state=state)

        gone = withdrawals.withdraw(application=case, by=sender_of(case), reason="Kein Raum")

        assert gone.state == S.WITHDRAWN
        assert Notice.objects.get().code == "N03"
        assert audit.history(gone).get().reason == "Kein Raum"

    def test_withdraw_stops_the_timer(self) -> None:
        sent = send(make_sendable())

        withdrawals.withdraw(application=sent, by=sender_of(sent))

        assert Timer.objects.get(key=f"decision_due:{sent.pk}").done_at is not None

    def test_withdraw_needs_representation(self) -> None:
        case = make_sendable(state=S.SUBMITTED)

        with pytest.raises(NotPermitted):
            withdrawals.withdraw(application=case, by=make_member(organisation_of(case), MemberRole.EDITOR))

    def test_withdraw_of_what_went_on(self) -> None:
        case = make_sendable(state=S.SUBMITTED)
        withdrawals.withdraw(application=case, by=sender_of(case))

        with pytest.raises(LostRace):
            withdrawals.withdraw(application=case, by=sender_of(case))


def test_case_number_counts_per_fund_and_year() -> None:
    one, two = make_fund(), make_fund()

    numbers = [
        steps.give_case_number(one, "A", 2026),
        steps.give_case_number(one, "A", 2026),
        steps.give_case_number(one, "A", 2027),
        steps.give_case_number(two, "B", 2026),
    ]

    assert numbers == ["A-2026-0001", "A-2026-0002", "A-2027-0001", "B-2026-0001"]
