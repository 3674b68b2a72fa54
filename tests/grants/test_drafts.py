from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.states import MemberRole
from grants import actions, filestore
from grants.exceptions import RoundNotOpen
from grants.models import Application, Attachment
from grants.states import ApplicationState as S
from grants.states import LatePolicy, RoundState
from grants.steps.sending import PERSONAL
from grants.tasks import sweep
from notifications.models import Notice
from tests.factories import make_application, make_bank_account, make_member, make_organisation, make_round, make_user
from tests.grants.factories import sender_of, stored

pytestmark = pytest.mark.committing


class TestStart:
    def test_start_knows_the_author_and_the_account(self) -> None:
        organisation = make_organisation()
        by = make_member(organisation, full_name="Eva Muster", phone="0511 1")
        account = make_bank_account(organisation, by)

        draft = actions.start(round_=make_round(), by=by, organisation=organisation)

        assert (draft.state, draft.case_number, draft.organisation) == (S.DRAFT, None, organisation)
        assert (draft.contact_name, draft.contact_email, draft.contact_phone) == ("Eva Muster", by.email, "0511 1")
        assert draft.bank_account == account
        assert audit.history(draft).get().action == "start"

    def test_start_knows_whether_it_is_the_first_at_this_fund(self) -> None:
        organisation, round_ = make_organisation(), make_round()
        by = make_member(organisation)
        make_application(state=S.SUBMITTED, organisation=organisation)
        make_application(state=S.DRAFT, round=round_, organisation=organisation)

        first = actions.start(round_=round_, by=by, organisation=organisation)
        make_application(state=S.SUBMITTED, round=round_, organisation=organisation)
        next_ = actions.start(round_=make_round(fund=round_.fund), by=by, organisation=organisation)

        assert (first.first_application, next_.first_application) == (True, False)

    def test_start_knows_the_phone_of_the_last_application(self) -> None:
        organisation = make_organisation()
        by, other = make_member(organisation, phone=""), make_member(organisation, phone="")
        make_application(organisation=organisation, by=by, contact_email=by.email, contact_phone="0511 2")
        round_ = make_round()

        drafts = [actions.start(round_=round_, by=who, organisation=organisation) for who in (by, other)]

        assert [draft.contact_phone for draft in drafts] == ["0511 2", ""]

    @pytest.mark.parametrize("state", [s for s in RoundState.values if s != RoundState.OPEN])
    def test_start_only_in_open_rounds(self, state: str) -> None:
        with pytest.raises(RoundNotOpen):
            actions.start(round_=make_round(state=state), by=make_user(), organisation=None)

    @pytest.mark.parametrize("role", [None, MemberRole.READER])
    def test_start_only_for_own_organisations(self, role: str | None) -> None:
        organisation = make_organisation()
        by = make_user() if role is None else make_member(organisation, role)

        with pytest.raises(NotPermitted):
            actions.start(round_=make_round(), by=by, organisation=organisation)

    def test_start_page_of_somebody_without_organisation(self, client: Client) -> None:
        round_ = make_round()
        by = make_user()
        client.force_login(by)

        answer = client.post(reverse("grants:start", args=[round_.fund.slug, round_.slug]))

        draft = Application.objects.get()
        assert answer.headers["Location"] == reverse("grants:application", args=[draft.pk])
        assert (draft.organisation, draft.created_by) == (None, by)
        assert client.get(answer.headers["Location"]).status_code == 200

    def test_a_draft_without_organisation_waits_at_home(self, client: Client) -> None:
        by, round_ = make_user(), make_round()
        draft = actions.start(round_=round_, by=by, organisation=None)
        client.force_login(by)

        page = client.get(reverse("home")).content.decode()

        # As a task, and among the latest applications.
        assert page.count(f'href="{reverse("grants:application", args=[draft.pk])}"') == 2
        client.force_login(make_user())
        assert f"/applications/{draft.pk}/" not in client.get(reverse("home")).content.decode()

    def test_start_page_refuses_foreign_organisation(self, client: Client) -> None:
        round_, foreign = make_round(), make_organisation()
        client.force_login(make_member(make_organisation()))

        answer = client.post(
            reverse("grants:start", args=[round_.fund.slug, round_.slug]), {"organisation": foreign.pk}
        )

        assert answer.status_code == 200
        assert not Application.objects.exists()

    def test_start_when_closed_says_so(self, client: Client) -> None:
        round_ = make_round(state=RoundState.CLOSED)
        client.force_login(make_user())

        answer = client.post(reverse("grants:start", args=[round_.fund.slug, round_.slug]))

        assert answer.status_code == 409


@pytest.mark.parametrize(
    ("policy", "words"),
    [(LatePolicy.ACCEPT_FLAGGED, "it is then marked as late"), (LatePolicy.REJECT, "late applications are rejected")],
)
def test_after_the_deadline_a_draft_says_what_becomes_of_late_ones(client: Client, policy: str, words: str) -> None:
    ended = clock.now() - timedelta(days=1)
    draft = make_application(round=make_round(state=RoundState.CLOSED, deadline_at=ended, late_policy=policy))
    client.force_login(sender_of(draft))

    page = client.get(reverse("grants:application", args=[draft.pk]), headers={"accept-language": "en"})

    assert words in page.content.decode()


class TestDiscard:
    def test_discard_leaves_nothing_personal(self, settings: Settings, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path
        draft = make_application()
        file = actions.add_file(application=draft, by=sender_of(draft), kind="quote", stored=stored())
        draft.refresh_from_db()

        actions.discard(application=draft, by=sender_of(draft))

        gone = Application.objects.get()
        assert gone.state == S.DISCARDED
        assert {getattr(gone, field) for field in PERSONAL} == {""}
        assert not gone.cost_lines.exists()
        assert not Attachment.objects.exists()
        assert not filestore.full_path(file.path).exists()

    def test_discarded_draft_is_gone_from_the_pages(self, client: Client) -> None:
        draft = make_application()
        client.force_login(sender_of(draft))

        answer = client.post(reverse("grants:discard", args=[draft.pk]))

        assert answer.headers["Location"] == reverse("grants:applications")
        assert client.get(reverse("grants:application", args=[draft.pk])).status_code == 404

    @pytest.mark.parametrize("state", [S.SUBMITTED, S.RETURNED, S.AWARDED])
    def test_discard_is_for_drafts(self, client: Client, state: str) -> None:
        case = make_application(state=state)
        client.force_login(sender_of(case))

        assert client.post(reverse("grants:discard", args=[case.pk])).status_code == 404
        assert Application.objects.get().state == state


class TestSweep:
    def test_rounds_open_and_close_by_the_clock(self) -> None:
        now = clock.now()
        due = make_round(state=RoundState.PUBLISHED, opens_at=now - timedelta(seconds=1))
        early = make_round(state=RoundState.PUBLISHED, opens_at=now + timedelta(hours=1))
        over = make_round(state=RoundState.OPEN, deadline_at=now - timedelta(seconds=5))
        running = make_round(state=RoundState.OPEN)

        sweep()
        sweep()

        states = []
        for round_ in (due, early, over, running):
            round_.refresh_from_db()
            states.append(round_.state)
        assert states == [RoundState.OPEN, RoundState.PUBLISHED, RoundState.CLOSED, RoundState.OPEN]
        assert [line.action for line in audit.history(due)] == ["open"]
        assert [line.action for line in audit.history(over)] == ["close"]

    def test_round_stays_open_for_the_whole_last_second(self) -> None:
        deadline = clock.now().replace(microsecond=0)
        round_ = make_round(deadline_at=deadline)
        clock.freeze(deadline + timedelta(milliseconds=900))

        sweep()

        round_.refresh_from_db()
        assert round_.state == RoundState.OPEN

    def old_draft(self, state: str = RoundState.CLOSED) -> Application:
        round_ = make_round(state=state)
        return make_application(round=round_, edited_at=clock.now() - timedelta(days=31))

    def test_unused_draft_is_announced_then_discarded(self) -> None:
        draft = self.old_draft()

        sweep()
        sweep()
        assert Notice.objects.get(code="N02").user == sender_of(draft)
        assert Application.objects.get().state == S.DRAFT

        clock.shift(days=29)
        sweep()
        assert Application.objects.get().state == S.DRAFT

        clock.shift(days=31)
        sweep()
        sweep()
        gone = Application.objects.get()
        assert (gone.state, gone.title) == (S.DISCARDED, "")
        assert Notice.objects.count() == 1

    def test_draft_that_was_touched_after_the_notice_stays(self) -> None:
        draft = self.old_draft()
        sweep()
        draft.refresh_from_db()
        actions.save_fields(
            application=draft, by=sender_of(draft), seen_version=draft.version, values={"title": "Doch"}
        )

        clock.shift(days=29)
        sweep()
        clock.shift(days=31)
        sweep()

        assert Application.objects.get().state == S.DRAFT
        assert Notice.objects.filter(code="N02").count() == 2

    def test_drafts_of_open_rounds_wait(self) -> None:
        self.old_draft(RoundState.OPEN)

        sweep()

        assert not Notice.objects.filter(code="N02").exists()

    def test_saving_once_without_a_change_keeps_the_draft(self) -> None:
        draft = self.old_draft()
        sweep()
        draft.refresh_from_db()

        saved = actions.save_fields(application=draft, by=sender_of(draft), seen_version=draft.version, values={})

        assert saved.expiry_noticed_at is None
