"""Papers that an organisation keeps once, and attaches to its applications by a tick."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.exceptions import NotPermitted
from accounts.models import AuditEntry, Organisation, User
from accounts.states import MemberRole
from grants import actions, filestore, papers, queries, rules
from grants.limits import MEGABYTE
from grants.models import Application, Attachment, OrganisationDocument
from tests.factories import change_round, make_application, make_member, make_organisation
from tests.grants.factories import make_attachment, make_sendable, organisation_of, pdf, png, sender_of, stored, upload

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def keep(organisation: Organisation, by: User, kind: str = "statutes", **more: Any) -> OrganisationDocument:
    content = more.pop("content", None)
    dates = {"issued_on": None, "expires_on": None} | more
    return actions.keep_paper(organisation=organisation, by=by, kind=kind, stored=stored(content), **dates)


def tick(client: Client, draft: Application, *ticked: OrganisationDocument) -> Any:
    client.force_login(sender_of(draft))
    data = {"papers": [paper.pk for paper in ticked]}
    return client.post(reverse("grants:attach_papers", args=[draft.pk]), data)


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (1, True)])
def test_paper_holds_to_the_end_of_its_last_day(days: int, holds: bool) -> None:
    paper = OrganisationDocument(expires_on=TODAY + timedelta(days=days))

    assert papers.holds(paper, TODAY) is holds


@pytest.mark.committing
class TestPage:
    def post(self, client: Client, organisation: Organisation, who: User, **more: Any) -> Any:
        client.force_login(who)
        data = {"kind": "statutes", "file": upload("satzung.pdf", pdf())} | more
        return client.post(reverse("grants:papers", args=[organisation.pk]), data)

    def test_paper_is_kept_with_its_dates(self, client: Client) -> None:
        organisation = make_organisation()
        owner = make_member(organisation)

        answer = self.post(client, organisation, owner, issued_on="01.02.2025", expires_on="31.12.2027")

        paper = OrganisationDocument.objects.get()
        assert answer.status_code == 302
        assert (paper.organisation, paper.kind, paper.name) == (organisation, "statutes", "satzung.pdf")
        assert (paper.issued_on, paper.expires_on) == (date(2025, 2, 1), date(2027, 12, 31))
        assert "31.12.2027" in client.get(answer["Location"]).content.decode()

    def test_bad_file_is_told_and_leaves_nothing(self, client: Client) -> None:
        organisation = make_organisation()
        owner = make_member(organisation)

        answer = self.post(client, organisation, owner, file=upload("satzung.pdf", b"MZ"))

        assert 'href="#id_file"' in answer.content.decode()
        assert not OrganisationDocument.objects.exists()

    def test_end_before_the_date_is_told(self, client: Client) -> None:
        organisation = make_organisation()
        owner = make_member(organisation)

        answer = self.post(client, organisation, owner, issued_on="02.02.2026", expires_on="01.02.2026")

        assert 'href="#id_expires_on"' in answer.content.decode()

    def test_reader_sees_and_keeps_nothing(self, client: Client) -> None:
        organisation = make_organisation()
        owner, reader = make_member(organisation), make_member(organisation, MemberRole.READER)
        paper = keep(organisation, owner)

        assert self.post(client, organisation, reader).status_code == 404
        answer: Any = client.get(reverse("grants:paper", args=[paper.pk]))
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        with pytest.raises(NotPermitted):
            actions.remove_paper(paper=paper, by=reader)

    def test_same_file_is_kept_once_with_the_new_dates(self, client: Client) -> None:
        organisation, content = make_organisation(), pdf()
        owner = make_member(organisation)
        file = {"file": upload("satzung.pdf", content)}
        self.post(client, organisation, owner, **file, expires_on="31.12.2026")

        self.post(client, organisation, owner, file=upload("satzung.pdf", content), expires_on="31.12.2027")

        paper = OrganisationDocument.objects.get()
        assert (paper.expires_on, filestore.full_path(paper.path).is_file()) == (date(2027, 12, 31), True)
        self.post(client, organisation, owner, kind="other", file=upload("satzung.pdf", content))
        assert OrganisationDocument.objects.count() == 2

    def test_dates_are_corrected_and_count_for_what_is_attached(self, client: Client) -> None:
        draft = make_sendable()
        organisation, by = organisation_of(draft), sender_of(draft)
        paper = keep(organisation, by, expires_on=clock.today() - timedelta(days=1))
        Attachment.objects.filter(application=draft, kind="statutes").delete()
        make_attachment(draft, source=paper)
        client.force_login(by)
        link = reverse("grants:paper_dates", args=[paper.pk])
        assert link in client.get(reverse("grants:papers", args=[organisation.pk])).content.decode()

        bad = client.post(link, {"issued_on": "02.02.2026", "expires_on": "01.02.2026"})
        good = client.post(link, {"issued_on": "01.02.2025", "expires_on": ""})

        paper.refresh_from_db()
        assert (bad.status_code, good.status_code) == (200, 302)
        assert (paper.issued_on, paper.expires_on) == (date(2025, 2, 1), None)
        assert rules.check(queries.load_draft(Application.objects.get(pk=draft.pk))) == []
        assert AuditEntry.objects.filter(action="date_paper", actor=by).count() == 1

    def test_reader_corrects_no_dates(self, client: Client) -> None:
        organisation = make_organisation()
        owner, reader = make_member(organisation), make_member(organisation, MemberRole.READER)
        paper = keep(organisation, owner)
        client.force_login(reader)

        assert client.get(reverse("grants:paper_dates", args=[paper.pk])).status_code == 404
        with pytest.raises(NotPermitted):
            actions.date_paper(paper=paper, by=reader, issued_on=None, expires_on=None)

    def test_removed_one_is_gone_from_the_page_and_stays_with_its_applications(self, client: Client) -> None:
        draft = make_application()
        content = pdf()
        paper = keep(organisation_of(draft), sender_of(draft), content=content)
        tick(client, draft, paper)

        client.post(reverse("grants:paper_remove", args=[paper.pk]))

        assert client.get(reverse("grants:paper", args=[paper.pk])).status_code == 404
        attached = draft.attachments.get()
        assert filestore.full_path(attached.path).read_bytes() == content


@pytest.mark.committing
class TestTick:
    def test_ticked_paper_is_attached_with_a_file_of_its_own(self, client: Client) -> None:
        draft = make_application()
        paper = keep(organisation_of(draft), sender_of(draft))

        answer = tick(client, draft, paper)

        made = draft.attachments.get()
        assert answer.status_code == 302
        assert (made.source, made.kind, made.name, made.sha256) == (paper, "statutes", paper.name, paper.sha256)
        assert made.path != paper.path
        actions.remove_file(attachment=made, by=sender_of(draft))
        assert filestore.full_path(paper.path).is_file()

    def test_only_papers_that_hold_and_are_not_attached_are_offered(self, client: Client) -> None:
        draft = make_application()
        organisation, by = organisation_of(draft), sender_of(draft)
        keep(organisation, by, "register", expires_on=clock.today() - timedelta(days=1))
        attached, offered = keep(organisation, by), keep(organisation, by, "exemption_notice", content=png())
        tick(client, draft, attached)

        fresh = Application.objects.get(pk=draft.pk)

        found = papers.papers_for(fresh, kinds=["statutes", "exemption_notice", "register"], on=clock.today())

        assert (found.offered, found.unkept, found.expired) == ([offered], set(), {"register"})

    @pytest.mark.parametrize(("newer", "told"), [(False, "expired"), (True, "missing")])
    def test_page_says_that_the_kept_paper_has_expired(self, client: Client, newer: bool, told: str) -> None:
        draft = make_application()
        organisation, by = organisation_of(draft), sender_of(draft)
        keep(organisation, by, expires_on=clock.today() - timedelta(days=1))
        if newer:
            keep(organisation, by, content=png())
        client.force_login(by)

        wanted = client.get(reverse("grants:files", args=[draft.pk])).context["wanted"]

        assert {kind: found for kind, _name, found in wanted} == {"statutes": told, "exemption_notice": "missing"}

    def test_page_says_that_an_attached_paper_has_expired(self, client: Client) -> None:
        draft = make_application()
        paper = keep(organisation_of(draft), sender_of(draft))
        tick(client, draft, paper)
        OrganisationDocument.objects.update(expires_on=clock.today() - timedelta(days=1))

        body = client.get(reverse("grants:files", args=[draft.pk])).content.decode()

        assert "Abgelaufen" in body

    def test_paper_of_another_organisation_is_refused(self, client: Client) -> None:
        draft, other = make_application(), make_organisation()
        paper = keep(other, make_member(other))

        answer = tick(client, draft, paper)

        assert answer.status_code == 200
        assert not Attachment.objects.exists()
        with pytest.raises(NotPermitted):
            actions.add_file(
                application=draft, by=sender_of(draft), kind="statutes", stored=filestore.twin(paper), source=paper
            )

    @pytest.mark.parametrize(("types", "size"), [(["docx"], None), ([], MEGABYTE)])
    def test_paper_that_the_round_does_not_take_is_told(
        self, client: Client, types: list[str], size: int | None
    ) -> None:
        draft = make_application()
        paper = keep(organisation_of(draft), sender_of(draft), content=pdf() + b"\n" * MEGABYTE)
        change_round(draft.round, file_types=types, file_max_bytes=size)

        answer = tick(client, draft, paper)

        assert 'href="#id_papers_0"' in answer.content.decode()
        assert not Attachment.objects.exists()

    def test_nothing_ticked_is_told(self, client: Client) -> None:
        draft = make_application()
        keep(organisation_of(draft), sender_of(draft))

        assert 'href="#id_papers_0"' in tick(client, draft).content.decode()

    @pytest.mark.parametrize(("days", "missing"), [(-1, True), (0, False)])
    def test_attached_paper_must_hold_when_it_is_sent(self, client: Client, days: int, missing: bool) -> None:
        draft = make_sendable()
        paper = keep(organisation_of(draft), sender_of(draft))
        Attachment.objects.filter(application=draft, kind="statutes").delete()
        make_attachment(draft, source=paper)
        OrganisationDocument.objects.filter(pk=paper.pk).update(expires_on=clock.today() + timedelta(days=days))

        problems = rules.check(queries.load_draft(Application.objects.get(pk=draft.pk)))

        assert [(p.field, "abgelaufen" in p.message) for p in problems] == ([("statutes", True)] if missing else [])

    def test_file_of_an_application_is_kept_for_the_next_one(self, client: Client) -> None:
        draft = make_application()
        by = sender_of(draft)
        file = actions.add_file(application=draft, by=by, kind="statutes", stored=stored(name="satzung.pdf"))
        page, keep_it = (reverse(f"grants:{name}", args=[draft.pk, *more]) for name, *more in (
            ("files",), ("file_keep", file.pk)))  # fmt: skip
        client.force_login(by)
        assert keep_it in client.get(page).content.decode()

        answer = client.post(keep_it, {"issued_on": "01.02.2025", "expires_on": ""})

        paper = OrganisationDocument.objects.get()
        assert answer.status_code == 302
        assert (paper.kind, paper.sha256, paper.issued_on) == ("statutes", file.sha256, date(2025, 2, 1))
        assert paper.path != file.path
        assert keep_it not in client.get(page).content.decode()
        file.refresh_from_db()
        assert file.source == paper

    def test_dates_told_when_a_file_is_kept_count_for_its_application(self, client: Client) -> None:
        draft = make_sendable()
        Attachment.objects.filter(application=draft, kind="statutes").delete()
        file = actions.add_file(application=draft, by=sender_of(draft), kind="statutes", stored=stored())
        client.force_login(sender_of(draft))

        day = clock.today() - timedelta(days=1)
        client.post(
            reverse("grants:file_keep", args=[draft.pk, file.pk]), {"issued_on": "", "expires_on": f"{day:%d.%m.%Y}"}
        )

        (problem,) = rules.check(queries.load_draft(Application.objects.get(pk=draft.pk)))
        assert (problem.field, "abgelaufen" in problem.message) == ("statutes", True)
