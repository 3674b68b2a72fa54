"""Two people in one draft: what both may do at once, and what neither may do unseen."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.states import MemberRole
from grants import actions, authors
from grants.exceptions import Changed
from grants.models import Application
from grants.states import ApplicationState as S
from grants.states import FundingKind
from grants.steps import CostInput, FundingInput
from tests.factories import make_application, make_bank_account, make_member, make_organisation
from tests.grants.factories import make_attachment, make_sendable, organisation_of, sender_of

InThreads = Callable[[Sequence[Callable[[], Any]]], list[Any]]

pytestmark = pytest.mark.committing
COSTS = [CostInput("material", "Papier", 100_000)]
FUNDS = [FundingInput("own_cash", "Kasse", 20_000)]


def save(draft: Application, by: User, page: str = "", **values: Any) -> Application:
    return actions.save_fields(application=draft, by=by, seen_version=draft.version, values=values, page=page)


def save_plan(draft: Application, by: User, touched: Sequence[str], **plan: Any) -> Application:
    whole: dict[str, Any] = {
        "cost_lines": COSTS,
        "funding_lines": FUNDS,
        "requested_cents": 80_000,
        "smallest_cents": None,
    } | plan
    return actions.save_plan(application=draft, by=by, seen_version=draft.version, touched=touched, **whole)


def colleague_of(draft: Application) -> User:
    return make_member(organisation_of(draft), MemberRole.EDITOR, full_name="Kim Berg")


class TestEntries:
    def test_two_people_change_two_entries(self) -> None:
        draft = make_application()

        save(draft, sender_of(draft), title="Fest")
        saved = save(draft, colleague_of(draft), places="Park")

        assert (saved.title, saved.places, saved.version) == ("Fest", "Park", draft.version + 2)

    def test_two_people_change_the_same_entry(self) -> None:
        draft = make_application()
        save(draft, sender_of(draft), title="Fest")

        with pytest.raises(Changed) as refusal:
            save(draft, colleague_of(draft), title="Feier", places="Park")

        assert refusal.value.names == {"title"}
        saved = Application.objects.get()
        assert (saved.title, saved.places) == ("Fest", draft.places)

    def test_the_same_words_are_no_conflict(self) -> None:
        draft = make_application()
        save(draft, sender_of(draft), title="Fest")

        assert save(draft, colleague_of(draft), title="Fest", places="Park").places == "Park"

    def test_two_people_at_the_same_moment(self, in_threads: InThreads) -> None:
        draft = make_application()
        others = [sender_of(draft), colleague_of(draft)]

        def write(number: int) -> Callable[[], Application]:
            fresh = Application.objects.get(pk=draft.pk)
            return lambda: save(fresh, others[number % 2], **{("title", "places")[number % 2]: f"Text {number}"})

        results = in_threads([write(0), write(1)])

        assert [type(result) for result in results] == [Application, Application]
        saved = Application.objects.get()
        assert (saved.title, saved.places) == ("Text 0", "Text 1")

    def test_a_page_whose_answer_was_lost_goes_on(self) -> None:
        draft = make_application()
        save(draft, sender_of(draft), page="a1", title="Fe")

        saved = save(draft, sender_of(draft), page="a1", title="Fest")

        assert saved.title == "Fest"

    def test_the_same_person_on_another_device_is_told(self) -> None:
        draft = make_application()
        save(draft, sender_of(draft), page="a1", title="Fest")

        with pytest.raises(Changed):
            save(draft, sender_of(draft), page="b2", title="Feier")

    def test_who_claims_to_have_seen_more_than_there_is_has_seen_nothing(self) -> None:
        draft = make_application()

        with pytest.raises(Changed):
            actions.save_fields(application=draft, by=sender_of(draft), seen_version=99, values={"title": "Fest"})

    def test_days_of_two_people_that_do_not_fit_each_other(self) -> None:
        draft = make_application(starts_on=date(2027, 3, 1), ends_on=date(2027, 8, 31))
        save(draft, sender_of(draft), starts_on=date(2027, 6, 1))

        with pytest.raises(Changed) as refusal:
            save(draft, colleague_of(draft), ends_on=date(2027, 5, 31))

        assert refusal.value.names == {"ends_on"}
        assert save(draft, colleague_of(draft), ends_on=date(2027, 6, 1)).ends_on == date(2027, 6, 1)

    def test_a_file_between_two_saves_is_no_conflict(self) -> None:
        draft = make_application()
        actions.remove_file(attachment=make_attachment(draft), by=colleague_of(draft))

        assert save(draft, sender_of(draft), title="Fest").title == "Fest"

    def test_what_goes_with_the_organisation_is_marked_too(self) -> None:
        draft = make_application()
        by = sender_of(draft)
        draft = save(draft, by, bank_account=make_bank_account(organisation_of(draft), by))
        other = make_organisation()
        other.memberships.create(user=by, role=MemberRole.OWNER, represents=True)

        saved = save(draft, by, organisation=other)

        assert authors.stamp_of(saved, "bank_account").version == saved.version

    def test_sending_wants_the_whole_as_it_was_looked_at(self) -> None:
        draft = make_sendable()
        save(draft, colleague_of(draft), places="Park")

        with pytest.raises(Changed):
            actions.submit(application=draft, by=sender_of(draft), seen_version=draft.version)


class TestPlan:
    def test_one_writes_costs_and_one_the_request(self) -> None:
        draft = make_application()

        save_plan(draft, sender_of(draft), ["cost_lines"], cost_lines=[CostInput("fees", "Honorar", 120_000)])
        saved = save_plan(draft, colleague_of(draft), ["requested_cents"], requested_cents=100_000)

        assert (saved.cost_cents, saved.requested_cents, saved.funding_cents) == (120_000, 100_000, 20_000)

    def test_both_write_the_same_table(self) -> None:
        draft = make_application()
        save_plan(draft, sender_of(draft), ["funding_lines"], funding_lines=[])

        with pytest.raises(Changed) as refusal:
            save_plan(
                draft, colleague_of(draft), ["funding_lines"],
                funding_lines=[FundingInput(FundingKind.DONATION, "Bank", 5_000)],
            )  # fmt: skip

        assert refusal.value.names == {"funding_lines"}
        assert Application.objects.get().funding_cents == 0

    def test_a_plan_that_stays_as_it_is_writes_nothing(self) -> None:
        draft = make_application()
        first = save_plan(draft, sender_of(draft), ["cost_lines", "funding_lines", "requested_cents", "smallest_cents"])
        ids = list(first.cost_lines.values_list("pk", flat=True))

        again = save_plan(first, sender_of(draft), ["cost_lines", "funding_lines", "requested_cents", "smallest_cents"])

        assert (again.version, list(again.cost_lines.values_list("pk", flat=True))) == (first.version, ids)


class TestPage:
    """What the script of a page sends and is told."""

    def url(self, draft: Application, name: str = "autosave", section: str = "project") -> str:
        return reverse(f"grants:{name}", args=[draft.pk, section])

    def signed_in(self, client: Client, **fields: Any) -> tuple[Application, User]:
        draft = make_application(**fields)
        client.force_login(sender_of(draft))
        return draft, colleague_of(draft)

    def test_only_what_was_touched_is_saved(self, client: Client) -> None:
        draft, other = self.signed_in(client)
        save(draft, other, title="Vom Handy")
        sent = {"version": draft.version, "page": "a1", "touched": "places", "title": draft.title, "places": "Park"}

        answer = client.post(self.url(draft), sent)

        saved = Application.objects.get()
        assert (saved.title, saved.places) == ("Vom Handy", "Park")
        assert answer.json()["news"] == [{"part": "title", "label": "Titel des Projekts", "by": "Kim Berg"}]
        assert answer.json()["version"] == saved.version

    def test_a_clash_names_who_and_what_and_saves_nothing(self, client: Client) -> None:
        draft, other = self.signed_in(client)
        save(draft, other, title="Vom Handy")
        sent = {"version": draft.version, "page": "a1", "touched": "title places", "title": "Fest", "places": "Park"}

        answer = client.post(self.url(draft), sent)

        assert answer.status_code == 409
        assert [item["part"] for item in answer.json()["news"]] == ["title"]
        assert Application.objects.get().places == draft.places

    def test_looking_for_news(self, client: Client) -> None:
        draft, other = self.signed_in(client)
        look: dict[str, str | int] = {"since": draft.version, "page": "a1"}
        assert client.get(self.url(draft), look).status_code == 204

        save(draft, other, page="b2", title="Vom Handy")
        actions.remove_file(attachment=make_attachment(draft), by=other)

        assert [item["part"] for item in client.get(self.url(draft), look).json()["news"]] == ["title"]
        assert client.get(self.url(draft, section="content"), look).status_code == 204
        assert client.get(self.url(draft), look | {"page": "b2"}).status_code == 204

    def test_news_of_a_plan_is_told_by_its_parts(self, client: Client) -> None:
        draft, other = self.signed_in(client)
        save_plan(draft, other, ["cost_lines", "requested_cents"], cost_lines=[], requested_cents=1)

        answer = client.get(self.url(draft, section="plan"), {"since": str(draft.version), "page": "a1"})

        assert {item["part"]: item["label"] for item in answer.json()["news"]} == {
            "costs": "Kostenplan", "requested": "Beantragte Zuwendung",
        }  # fmt: skip

    def test_a_draft_that_was_sent_meanwhile(self, client: Client) -> None:
        draft, _other = self.signed_in(client, state=S.SUBMITTED)

        answer = client.post(self.url(draft), {"version": draft.version, "touched": "title", "title": "Fest"})

        assert (answer.status_code, answer.json()["href"]) == (409, reverse("grants:application", args=[draft.pk]))
        assert "abgeschickt" in answer.json()["message"]

    def test_who_left_finds_nothing(self, client: Client) -> None:
        draft, _other = self.signed_in(client)
        sender_of(draft).memberships.update(role=MemberRole.READER, represents=False)

        assert client.post(self.url(draft), {"version": draft.version, "title": "Fest"}).status_code == 404
        assert client.get(self.url(draft), {"since": "1"}).status_code == 404

    def test_page_looks_for_others_only_where_there_are_any(self, client: Client) -> None:
        alone = make_application()
        client.force_login(sender_of(alone))
        assert "data-news-seconds" not in client.get(self.url(alone, "section")).content.decode()

        colleague_of(alone)

        assert "data-news-seconds" in client.get(self.url(alone, "section")).content.decode()

    def test_page_that_comes_back_shows_what_others_stored_where_nothing_was_touched(self, client: Client) -> None:
        draft, other = self.signed_in(client)
        save(draft, other, title="Vom Handy")
        sent = {"version": draft.version, "touched": "starts_on places", "title": draft.title, "starts_on": "bald"}

        page = client.post(self.url(draft, "section"), sent | {"places": "Park"}).content.decode()

        assert 'value="Vom Handy"' in page
        assert 'value="bald"' in page
        assert 'data-unsaved="places starts_on"' in page
        assert "disabled" not in page.partition('<form class="mt-form"')[2]
        assert Application.objects.get().places == "Park"

    def test_page_with_a_clash_shows_what_others_stored_there(self, client: Client) -> None:
        draft, other = self.signed_in(client)
        save(draft, other, title="Vom Handy")
        sent = {"version": draft.version, "touched": "title", "title": "Fest"}

        answer = client.post(self.url(draft, "section"), sent)

        assert (answer.status_code, answer.context["newer"]) == (409, [("Titel des Projekts", "Vom Handy")])
        assert 'value="Fest"' in answer.content.decode()

    def test_plan_without_touched_parts_stays(self, client: Client) -> None:
        draft, _other = self.signed_in(client)

        answer = client.post(self.url(draft, "section", "plan"), {"version": draft.version, "touched": ""})

        assert answer.status_code == 302
        assert Application.objects.get().version == draft.version
