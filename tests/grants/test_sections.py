from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import Organisation
from accounts.states import MemberRole
from grants import actions, steps
from grants.models import Application, DocumentRequest
from grants.sections import ALL_FIELDS, FIELDS, PLAN_FIELDS, Section, expand, section_of
from grants.states import ApplicationState as S
from grants.states import AttachmentKind
from tests.factories import make_application, make_bank_account, make_member, make_organisation, make_user
from tests.grants.factories import make_attachment, make_sendable, organisation_of, sender_of

pytestmark = pytest.mark.earnest

ORGANISATION = {
    "kind": "association", "name": "Treffpunkt e. V.", "legal_form": "e. V.", "representatives": "Leyla Demir",
    "street": "Marktstraße 1", "postcode": "30159", "city": "Hannover",
}  # fmt: skip

PROJECT = {
    "title": "Nachbarschaftsfest",
    "municipality": "Garbsen",
    "places": "Platz",
    "starts_on": "01.03.2027",
    "ends_on": "31.08.2027",
    "summary": "Wir feiern.",
}


def url(application: Application, section: str, name: str = "section") -> str:
    return reverse(f"grants:{name}", args=[application.pk, section])


def open_draft(client: Client, **fields: Any) -> Application:
    draft = make_application(**fields)
    client.force_login(sender_of(draft))
    return draft


@pytest.mark.committing
class TestSave:
    def test_save_and_continue(self, client: Client) -> None:
        draft = open_draft(client)

        answer = client.post(url(draft, "project"), PROJECT | {"version": draft.version, "next": "1"})

        assert answer.headers["Location"] == url(draft, "content")
        saved = Application.objects.get()
        assert (saved.title, saved.municipality, saved.version) == ("Nachbarschaftsfest", "Garbsen", 2)
        assert (saved.starts_on, saved.ends_on) == (date(2027, 3, 1), date(2027, 8, 31))

    def test_who_comes_from_the_check_is_led_back_to_it(self, client: Client) -> None:
        draft = open_draft(client)
        where = f"{url(draft, 'project')}?check=1"

        assert "Speichern und alles prüfen" in client.get(where).content.decode()
        answer = client.post(where, {"version": draft.version, "title": "Garten", "next": "1"})

        assert answer.headers["Location"] == reverse("grants:review", args=[draft.pk])

    def test_save_as_draft_in_any_state(self, client: Client) -> None:
        draft = open_draft(client)

        answer = client.post(url(draft, "project"), {"version": draft.version, "title": "", "save": "1"})

        assert answer.headers["Location"] == reverse("grants:application", args=[draft.pk])
        saved = Application.objects.get()
        assert (saved.title, saved.municipality, saved.starts_on) == ("", "", None)

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("starts_on", "31.02.2027"),
            ("ends_on", "01.01.2027"),
            ("ends_on", "bald"),
            ("title", "x" * 121),
            ("summary", "y" * 1501),
            ("municipality", "Hamburg"),
        ],
    )
    def test_bad_value_stays_on_the_page_and_the_rest_is_saved(self, client: Client, field: str, typed: str) -> None:
        draft = open_draft(client)

        answer = client.post(
            url(draft, "project"), PROJECT | {"version": draft.version, "places": "Neuer Ort", field: typed}
        )

        page = answer.content.decode()
        assert answer.status_code == 200
        assert f'href="#id_{field}"' in page
        if field != "municipality":
            assert typed in page
        saved = Application.objects.get()
        assert saved.places == "Neuer Ort"
        assert getattr(saved, field) == getattr(draft, field)
        # The page carries the new version: pressing again is no conflict.
        assert f'name="version" value="{saved.version}"' in page

    def test_stale_form_keeps_the_text_and_shows_what_is_stored(self, client: Client) -> None:
        draft = open_draft(client)
        by = sender_of(draft)
        actions.save_fields(application=draft, by=by, seen_version=draft.version, values={"title": "Vom Handy"})

        answer = client.post(url(draft, "project"), PROJECT | {"version": draft.version})

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Nachbarschaftsfest" in page
        assert "Vom Handy" in page
        assert Application.objects.get().title == "Vom Handy"
        again = client.post(url(draft, "project"), PROJECT | {"version": draft.version + 1})
        assert again.status_code == 302
        assert Application.objects.get().title == "Nachbarschaftsfest"

    def test_form_of_a_draft_that_was_sent_meanwhile(self, client: Client) -> None:
        sent = open_draft(client, state=S.SUBMITTED)

        answer = client.post(url(sent, "project"), PROJECT | {"version": sent.version})

        assert answer.status_code == 409
        assert "Nachbarschaftsfest" in answer.content.decode()
        assert Application.objects.get().title == sent.title

    def test_markup_and_direction_marks_stay_text(self, client: Client) -> None:
        draft = open_draft(client)
        typed = {"title": "<script>alert(1)</script>\u202e", "version": draft.version}

        client.post(url(draft, "project"), PROJECT | typed)

        page = client.get(url(draft, "project")).content.decode()
        assert Application.objects.get().title == "<script>alert(1)</script>"
        assert "<script>alert(1)" not in page

    def test_unknown_fields_change_nothing(self, client: Client) -> None:
        draft = open_draft(client)
        forged = {"state": "AWARDED", "requested_cents": "1", "case_number": "X-1", "late": "on", "fund": "99"}

        client.post(url(draft, "project"), PROJECT | forged | {"version": draft.version})

        saved = Application.objects.get()
        assert (saved.state, saved.requested_cents, saved.case_number) == (S.DRAFT, 80_000, None)

    def test_organisation_of_others_is_no_choice(self, client: Client) -> None:
        draft = open_draft(client)
        foreign = make_organisation()
        account = make_bank_account(foreign, make_member(foreign))

        client.post(
            url(draft, "applicant"),
            {"version": draft.version, "organisation": foreign.pk, "bank_account": account.pk, "contact_name": "A"},
        )

        saved = Application.objects.get()
        assert (saved.organisation, saved.bank_account, saved.contact_name) == (draft.organisation, None, "A")

    def test_account_goes_with_its_organisation(self, client: Client) -> None:
        draft = open_draft(client)
        by = sender_of(draft)
        account = make_bank_account(organisation_of(draft), by)
        draft = actions.save_fields(
            application=draft, by=by, seen_version=draft.version, values={"bank_account": account}
        )
        other = make_organisation()
        other.memberships.create(user=by, role=MemberRole.OWNER, represents=True)

        saved = actions.save_fields(
            application=draft, by=by, seen_version=draft.version, values={"organisation": other}
        )

        assert saved.bank_account is None

    def test_nothing_changed_keeps_the_version(self) -> None:
        draft = make_application()

        saved = actions.save_fields(
            application=draft, by=sender_of(draft), seen_version=draft.version, values={"title": draft.title}
        )

        assert saved.version == draft.version

    @pytest.mark.parametrize("name", ["project", "content", "effect", "applicant"])
    def test_hundred_thousand_characters_into_every_field(self, client: Client, name: str) -> None:
        draft = open_draft(client)
        typed = dict.fromkeys(FIELDS[Section(name)], "9" * 100_000)

        answer = client.post(url(draft, name), typed | {"version": draft.version})

        assert answer.status_code == 200


@pytest.mark.committing
class TestAutosave:
    def save(self, client: Client, draft: Application, **data: object) -> Any:
        return client.post(url(draft, "project", "autosave"), PROJECT | {"version": draft.version} | data)

    def test_saved(self, client: Client) -> None:
        draft = open_draft(client)

        answer = self.save(client, draft)

        assert (answer.status_code, answer.headers["X-Version"]) == (200, "2")
        assert (answer.json()["errors"], answer.json()["news"], answer.json()["version"]) == ([], [], 2)
        assert Application.objects.get().title == "Nachbarschaftsfest"

    def test_told_when_the_server_saved(self, client: Client) -> None:
        clock.freeze(datetime(2026, 11, 22, 20, 5, tzinfo=UTC))
        draft = open_draft(client)

        assert self.save(client, draft).json()["saved"] == "21:05"

    def test_told_what_the_rules_say_and_where(self, client: Client) -> None:
        draft = open_draft(client)

        told = self.save(client, draft, summary="", ends_on="01.06.2029").json()

        assert told["problems"] == [
            {"text": "Bitte ausfüllen: Kurzbeschreibung.", "href": "#id_summary"},
            {
                "text": "Das Projekt darf höchstens 12 Monate dauern, bis zum 29.02.2028.",
                "href": "#id_ends_on",
            },
        ]

    def test_partly_saved(self, client: Client) -> None:
        draft = open_draft(client)

        answer = self.save(client, draft, starts_on="gestern")

        assert (answer.status_code, answer.headers["X-Version"]) == (200, "2")
        assert answer.json()["errors"] == ["starts_on"]
        assert Application.objects.get().title == "Nachbarschaftsfest"

    def test_days_that_do_not_fit_are_both_named(self, client: Client) -> None:
        draft = open_draft(client)

        told = self.save(client, draft, starts_on="01.09.2027").json()

        assert told["errors"] == ["ends_on", "starts_on"]
        assert Application.objects.get().starts_on == draft.starts_on

    def test_one_day_that_does_not_fit_the_stored_one_is_named(self, client: Client) -> None:
        draft = open_draft(client)

        told = self.save(client, draft, starts_on="01.09.2028", ends_on="", touched="starts_on").json()

        assert told["errors"] == ["starts_on"]

    def test_stale_shows_what_is_stored(self, client: Client) -> None:
        draft = open_draft(client)

        answer = self.save(client, draft, version=draft.version + 5)

        assert answer.status_code == 409
        assert answer.json()["version"] == draft.version
        assert "title" in [item["part"] for item in answer.json()["news"]]


@pytest.mark.django_db
class TestReach:
    PAGES = ("application", "review", "receipt", "discard", "resubmit", "send_plan", "files", "copy")

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.RETURNED, S.PLAN_REVISION])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_foreign_association_finds_nothing(self, client: Client, name: str, state: str, method: str) -> None:
        application = make_application(state=state)
        client.force_login(make_member(make_organisation()))

        answer = getattr(client, method)(reverse(f"grants:{name}", args=[application.pk]))

        assert answer.status_code in (404, 405)
        assert Application.objects.get().version == application.version

    @pytest.mark.parametrize("section", [*Section.values, "nonsense"])
    @pytest.mark.parametrize("name", ["section", "autosave"])
    def test_foreign_association_finds_no_step(self, client: Client, section: str, name: str) -> None:
        draft = make_application()
        client.force_login(make_member(make_organisation()))

        assert client.get(url(draft, section, name)).status_code in (404, 405)
        assert client.post(url(draft, section, name), {"version": draft.version, "title": "x"}).status_code == 404
        assert Application.objects.get().title == draft.title

    @pytest.mark.parametrize("name", PAGES)
    def test_anonymous_is_sent_to_sign_in(self, client: Client, name: str) -> None:
        draft = make_application()

        answer = client.get(reverse(f"grants:{name}", args=[draft.pk]))

        assert answer.status_code == 302
        assert "login" in answer.headers["Location"]

    def test_reader_sees_and_cannot_write(self, client: Client) -> None:
        draft = make_application()
        client.force_login(make_member(organisation_of(draft), MemberRole.READER))

        assert client.get(reverse("grants:application", args=[draft.pk])).status_code == 200
        assert client.get(url(draft, "project")).status_code == 404
        assert client.post(url(draft, "project"), {"version": 1, "title": "x"}).status_code == 404

    def test_former_member_finds_nothing(self, client: Client) -> None:
        draft = make_application()
        by = sender_of(draft)
        by.memberships.update(ended_at=draft.created_at)
        client.force_login(by)

        assert client.get(reverse("grants:application", args=[draft.pk])).status_code == 404


@pytest.mark.committing
class TestReturned:
    def returned(self, client: Client, *fields: str) -> Application:
        case = open_draft(client, state=S.RETURNED, due_date=date(2027, 1, 31))
        DocumentRequest.objects.create(
            application=case, fields=list(fields), message="Bitte ergänzen", due_date=date(2027, 1, 31),
            asked_by=sender_of(case),
        )  # fmt: skip
        return case

    def test_only_listed_fields_are_open(self, client: Client) -> None:
        case = self.returned(client, "aims")

        page = client.get(url(case, "content")).content.decode()
        client.post(url(case, "content"), {"version": case.version, "aims": "Neu", "activities": "Auch neu"})

        assert 'name="aims"' in page
        assert 'name="activities"' not in page
        saved = Application.objects.get()
        assert (saved.aims, saved.activities) == ("Neu", case.activities)
        assert client.get(url(case, "project")).status_code == 404

    def test_saving_leads_to_where_it_is_handed_in(self, client: Client) -> None:
        case = self.returned(client, "aims")
        hand_in = reverse("grants:resubmit", args=[case.pk])

        page = client.get(url(case, "content")).content.decode()
        answer = client.post(url(case, "content"), {"version": case.version, "aims": "Neu", "save": "1"})

        assert "erst, wenn Sie es einreichen" in page
        assert answer.headers["Location"] == hand_in

    def test_resubmit_freezes_and_goes_back_to_the_check(self, client: Client) -> None:
        case = self.returned(client, "aims")
        client.post(url(case, "content"), {"version": case.version, "aims": "Neu"})
        version = Application.objects.get().version

        answer = client.post(reverse("grants:resubmit", args=[case.pk]), {"version": version})

        sent = Application.objects.get()
        assert answer.status_code == 302
        assert sent.state == S.FORMAL_CHECK
        frozen = sent.versions.get()
        assert (frozen.reason, frozen.data["fields"]["aims"]) == ("resubmit", "Neu")
        assert sent.document_requests.get().answered_at is not None

    def test_what_is_incomplete_offers_no_button_to_hand_it_in(self, client: Client) -> None:
        case = self.returned(client, "aims")
        Application.objects.update(aims="")

        page = client.get(reverse("grants:resubmit", args=[case.pk])).content.decode()

        assert f'kern-btn--primary" href="{url(case, "content")}#id_aims"' in page
        assert '<button class="kern-btn kern-btn--primary"' not in page

    def test_hand_in_shows_what_is_new_before_what_stays(self, client: Client) -> None:
        case = self.returned(client, "aims", AttachmentKind.STATUTES)
        case.aims = "Alt"
        case.save()
        make_attachment(case, name="alt.pdf")
        steps.freeze(case, reason="submit", by=sender_of(case), now=case.edited_at)
        page_url = reverse("grants:resubmit", args=[case.pk])
        assert "Seit dem letzten Absenden hat sich nichts geändert." in client.get(page_url).content.decode()

        client.post(url(case, "content"), {"version": case.version, "aims": "Neu"})
        make_attachment(case, name="neu.pdf")
        page = client.get(page_url).content.decode()

        new, same = page.split('<details class="mt-details">')
        assert new.count("Neu") >= 1
        assert "vorher: Alt" in new
        assert "<li>neu.pdf</li>" in new
        assert "<li>alt.pdf</li>" not in new
        assert case.title not in new
        assert case.title in same
        assert new.index("Neu") < new.index("mt-card--do")

    @pytest.mark.parametrize(
        ("opened", "change", "said"),
        [
            (["aims"], {"aims": ""}, "Ziele"),
            (["plan"], {"requested_cents": 99_999_999}, "999.999,99"),
        ],
    )
    def test_resubmit_that_breaks_a_rule_is_refused_and_says_why(
        self, client: Client, opened: list[str], change: dict[str, Any], said: str
    ) -> None:
        case = self.returned(client, *opened)
        Application.objects.filter(pk=case.pk).update(**change)
        where = reverse("grants:resubmit", args=[case.pk])
        page = client.get(where)

        answer = client.post(where, {"version": case.version})

        assert [problem.field for problem, _ in page.context["problems"]] != []
        assert (answer.status_code, Application.objects.get().state) == (200, S.RETURNED)
        assert said in answer.content.decode()

    def test_rules_of_fields_that_stay_closed_do_not_stop_it(self, client: Client) -> None:
        case = self.returned(client, "aims")
        Application.objects.filter(pk=case.pk).update(summary="", cost_cents=1)

        answer = client.post(reverse("grants:resubmit", args=[case.pk]), {"version": case.version})

        assert (answer.status_code, Application.objects.get().state) == (302, S.FORMAL_CHECK)

    def test_resubmit_of_a_stale_page(self, client: Client) -> None:
        case = self.returned(client, "aims")

        answer = client.post(reverse("grants:resubmit", args=[case.pk]), {"version": case.version + 1})

        assert answer.status_code == 409
        assert Application.objects.get().state == S.RETURNED


@pytest.mark.django_db
class TestWay:
    """What a draft's pages say about the next thing to do."""

    def overview(self, client: Client, draft: Application) -> str:
        return client.get(reverse("grants:application", args=[draft.pk])).content.decode()

    def without_organisation(self, client: Client) -> Application:
        made = make_application(by=make_user())
        Application.objects.update(organisation=None)
        Organisation.objects.all().delete()
        client.force_login(made.created_by)
        return Application.objects.get()

    def test_main_button_leads_to_the_first_open_step(self, client: Client) -> None:
        draft = open_draft(client, title="")
        make_attachment(draft, AttachmentKind.STATUTES)
        make_attachment(draft, AttachmentKind.EXEMPTION)

        page = self.overview(client, draft)

        assert f'kern-btn--primary" href="{url(draft, "project")}"' in page
        assert "Weiter mit Schritt 2" in page

    def test_complete_draft_leads_to_the_review(self, client: Client) -> None:
        draft = make_sendable()
        client.force_login(sender_of(draft))

        assert f'kern-btn--primary" href="{reverse("grants:review", args=[draft.pk])}"' in self.overview(client, draft)

    def test_papers_are_open_until_the_organisation_is_known(self, client: Client) -> None:
        draft = self.without_organisation(client)

        found = {
            task.title: (task.status, task.hint)
            for task in client.get(reverse("grants:application", args=[draft.pk])).context["tasks"]
        }

        hint = "Welche Unterlagen nötig sind, hängt von Ihrer Organisation ab"
        assert found["Anlagen"] == ("open", hint)
        assert f"{hint}. Wählen Sie sie zuerst." in client.get(files_of(draft)).content.decode()

    def test_page_of_files_names_what_is_wanted(self, client: Client) -> None:
        draft = open_draft(client)
        make_attachment(draft, AttachmentKind.STATUTES)

        wanted = client.get(files_of(draft)).context["wanted"]

        assert [(str(name), found) for _kind, name, found in wanted] == [
            (str(AttachmentKind.STATUTES.label), "added"), (str(AttachmentKind.EXEMPTION.label), "missing"),
        ]  # fmt: skip

    def test_organisation_entered_from_a_draft_leads_back_and_is_chosen(self, client: Client) -> None:
        draft = self.without_organisation(client)
        step = url(draft, "applicant")
        create = f"{reverse('accounts:organisation_create')}?next={quote(step, safe='')}"
        assert f'href="{create}"' in client.get(step).content.decode()

        answer = client.post(create, ORGANISATION)

        assert answer.headers["Location"] == step
        assert client.get(step).context["form"]["organisation"].value() == Organisation.objects.get().pk

    def test_errors_of_the_plan_are_named_as_its_rows(self, client: Client) -> None:
        draft = open_draft(client)
        rows = {
            "costs-TOTAL_FORMS": "1", "costs-INITIAL_FORMS": "0", "costs-0-unit": "x",
            "funds-TOTAL_FORMS": "1", "funds-INITIAL_FORMS": "0", "funds-0-amount": "y",
        }  # fmt: skip

        page = client.post(url(draft, "plan"), rows | {"version": draft.version}).content.decode()

        assert "Position 1, Einzelpreis: " in page
        assert "Quelle 1, Betrag (nicht bei Eigenleistung): " in page


def files_of(draft: Application) -> str:
    return reverse("grants:files", args=[draft.pk])


def test_sections_hold_every_field_once() -> None:
    names = [name for fields in FIELDS.values() for name in fields]

    assert len(names) == len(set(names)) == len(ALL_FIELDS)
    assert all(section_of(name) for name in names)


def test_expand_opens_the_plan_as_a_whole() -> None:
    assert expand(["requested_cents"]) == PLAN_FIELDS
    assert expand(["content", "statutes", "nonsense"]) == {*FIELDS[Section.CONTENT], "statutes"}
