"""Uploads judged by content, kept whole, handed out as downloads only."""

import errno
import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import reverse
from pytest_django.fixtures import Settings

from grants import actions, filestore, uploads
from grants.exceptions import BadFile, NotReopened
from grants.filetypes import DOCX, JPG, ODT, PDF, PNG, XLSX, Kind
from grants.limits import limits_of
from grants.models import Application, Attachment
from grants.states import ApplicationState as S
from grants.states import AttachmentKind
from tests.factories import make_application, make_member, make_organisation
from tests.grants.factories import (
    DOCM_MAIN,
    XLSX_MAIN,
    archive,
    jpg,
    make_attachment,
    make_sendable,
    odt,
    office,
    packed_pdf,
    pdf,
    png,
    sender_of,
    stored,
    upload,
)
from tests.grants.lists import xlsx


def files_in_store() -> list[Path]:
    root = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER
    return [path for path in root.rglob("*") if path.is_file() and path.parent.name != filestore.REMOVED]


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), PDF),
        (png(), PNG),
        (jpg(), JPG),
        (office(), DOCX),
        (xlsx([[1, 2]], ["A", "B"]), XLSX),
        (office(XLSX_MAIN), XLSX),
        (odt(), ODT),
    ],
)
def test_taken(content: bytes, kind: Kind) -> None:
    found = filestore.store(upload(f"datei.{kind.extension}", content))

    assert (found.content_type, found.size) == (kind.content_type, len(content))
    assert filestore.full_path(found.path).read_bytes() == content
    assert "datei" not in found.path


def bomb() -> bytes:
    return office(more={"word/media/null.bin": b"\0" * 30_000_000})


def locked_zip() -> bytes:
    """An archive whose members ask for a password: bit 0 of the flags."""
    content = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


BAD: dict[str, Callable[[], bytes]] = {
    "program": lambda: b"MZ\x90\x00" + b"\0" * 500,
    "linux program": lambda: b"\x7fELF" + b"\0" * 500,
    "text": lambda: b"just words",
    "page": lambda: b"<!doctype html><script>alert(1)</script>",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gif": lambda: b"GIF89a" + b"\0" * 100,
    "plain archive": lambda: archive({"a.txt": b"a"}),
    "bomb": bomb,
    "many members": lambda: office(more={f"x/{n}": b"" for n in range(3001)}),
    "path out of the archive": lambda: office(more={"../../etc/passwd": b"x"}),
    "docm": lambda: office(DOCM_MAIN),
    "docx with macro part": lambda: office(more={"word/vbaProject.bin": b"x"}),
    "odt with macro": lambda: odt(more={"Basic/Standard/Module1.xml": b"x"}),
    "old word file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "encrypted office file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "archive with password": locked_zip,
    "encrypted pdf": lambda: pdf(password="geheim"),
    "pdf that unpacks without end": lambda: packed_pdf(40_000_000),
    "broken pdf": lambda: b"%PDF-1.7\n" + b"garbage" * 50,
    "pdf and archive": lambda: pdf() + archive({"a.txt": b"a"}),
    "pdf after other bytes": lambda: b"GIF89a\n" + pdf(),
    "picture and archive": lambda: png() + archive({"a.txt": b"a"}),
    "picture and page": lambda: png()[:60] + b"<script>alert(1)</script>" + png()[60:],
    "picture and more": lambda: png() + b"x" * 200,
    "picture and pdf": lambda: jpg()[:40] + pdf() + b"\xff\xd9",
    "picture without points": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\xff" * 50 + b"IEND\xaeB`\x82",
    "cut archive": lambda: office()[:-30],
    "empty": lambda: b"",
}

Name, Dictionary, Array = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array


def action(kind: str, **more: Any) -> pikepdf.Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def program() -> pikepdf.Dictionary:
    return action("JavaScript", JS="app.alert(1)")


def link(made: pikepdf.Pdf, target: pikepdf.Dictionary) -> None:
    """A link over the whole page."""
    place = Array([0, 0, 200, 200])
    made.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=place, A=target)])


def pinned(made: pikepdf.Pdf) -> None:
    """A program pinned to the page like a note."""
    inside = Dictionary(F=made.make_stream(b"MZ"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))
    note.FS = made.make_indirect(Dictionary(Type=Name.Filespec, F="rechnung.exe", EF=inside))
    made.pages[0].obj.Annots = Array([note])


def chained(made: pikepdf.Pdf) -> None:
    first = action("GoTo", D=Array([made.pages[0].obj, Name.Fit]), Next=program())
    made.Root.OpenAction = first


ACTING: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "on opening": lambda made: setattr(made.Root, "OpenAction", program()),
    "after another action": chained,
    "on showing a page": lambda made: setattr(made.pages[0].obj, "AA", Dictionary(O=program())),
    "on a click": lambda made: link(made, program()),
    "starts a program": lambda made: link(made, action("Launch", F="cmd.exe")),
    "opens a file elsewhere": lambda made: link(
        made, action("GoToR", F=r"\\\\host.example\\x", D=Array([0, Name.Fit]))
    ),
    "sends itself": lambda made: setattr(made.Root, "OpenAction", action("SubmitForm", F="https://host.example/")),
    "pinned file": pinned,
    "field with a program": lambda made: setattr(
        made.Root, "AcroForm", Dictionary(Fields=Array([Dictionary(T="a", AA=Dictionary(K=program()))]))
    ),
    "form in another language": lambda made: setattr(
        made.Root, "AcroForm", Dictionary(Fields=Array(), XFA=made.make_stream(b"<xdp/>"))
    ),
}


@pytest.mark.parametrize("name", ACTING)
def test_pdf_that_does_something_is_refused(name: str) -> None:
    with pytest.raises(BadFile):
        filestore.store(upload("antrag.pdf", pdf(change=ACTING[name])))

    assert files_in_store() == []


def test_pdf_with_a_web_link_is_taken() -> None:
    content = pdf(change=lambda made: link(made, action("URI", URI="https://verein.example/")))

    assert filestore.store(upload("antrag.pdf", content)).content_type == PDF.content_type


def relations(kind: str, mode: str = "Internal") -> bytes:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        f'<Relationships><Relationship Id="r" Type="{base}/{kind}" Target="x" TargetMode="{mode}"/></Relationships>'
    ).encode()


RELS = "word/_rels/document.xml.rels"
OUTSIDE: dict[str, dict[str, bytes]] = {
    "template from elsewhere": {"word/_rels/settings.xml.rels": relations("attachedTemplate", "External")},
    "picture from elsewhere": {RELS: relations("image", "External")},
    "written in another encoding": {
        RELS: relations("attachedTemplate", "External").decode().encode("utf-16"),
    },
    "macros under another name": {RELS: relations("vbaProject"), "word/x.xml": b"x"},
    "object of another program": {RELS: relations("oleObject")},
    "program inside": {"word/rechnung.exe": b"MZ"},
    "file without ending": {"word/embeddings/oleObject1": b"MZ"},
    "broken list of relations": {RELS: b"<Relationships"},
    "entities in entities": {RELS: b'<!DOCTYPE a [<!ENTITY b "b">]><Relationships>&b;</Relationships>'},
    "table that starts a program": {
        "xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink a="cmd"/></externalLink>'
    },
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_office_file_that_runs_or_fetches_something_is_refused(name: str) -> None:
    with pytest.raises(BadFile):
        filestore.store(upload("plan.docx", office(more=OUTSIDE[name])))

    assert files_in_store() == []


def test_office_file_with_links_fonts_and_a_chart_is_taken() -> None:
    content = office(
        more={
            RELS: relations("hyperlink", "External"),
            "word/embeddings/Microsoft_Excel_Sheet.xlsx": b"PK",
            "word/fonts/font1.odttf": b"x",
            "xl/printerSettings/printerSettings1.bin": b"x",
            "word/media/": b"",
            "xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": relations("externalLinkPath", "External"),
        }
    )

    assert filestore.store(upload("plan.docx", content)).content_type == DOCX.content_type


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("ending", ["pdf", "docx", "png"])
def test_not_taken_and_nothing_left(name: str, ending: str) -> None:
    with pytest.raises(BadFile):
        filestore.store(upload(f"harmlos.{ending}", BAD[name]()))

    assert files_in_store() == []


def test_removed_file_lies_aside_for_a_day() -> None:
    path = filestore.store(upload("antrag.pdf", pdf())).path
    filestore.remove(path)
    filestore.remove(path)
    aside = filestore.removed_path(path)

    assert (files_in_store(), aside.is_file(), filestore.sweep()) == ([], True, 0)
    os.utime(aside, (0, 0))
    assert (filestore.sweep(), aside.exists(), filestore.sweep()) == (1, False, 0)


def test_what_a_killed_server_left_goes_after_a_day() -> None:
    left = filestore.Arriving("antrag.pdf", limits_of())
    left.take(b"half")

    assert (filestore.sweep(), left.path.exists()) == (0, True)
    os.utime(left.path, (0, 0))
    assert (filestore.sweep(), left.path.exists()) == (1, False)
    left.close()


def test_too_large_stops_at_the_limit(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    assert filestore.store(upload("a.pdf", pdf())).size < 1000

    with pytest.raises(BadFile):
        filestore.store(upload("a.pdf", pdf() + b"\n" * 1000))


class Endless(SimpleUploadedFile):
    """200 MB that must never be read to the end."""

    read_bytes = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while self.read_bytes < 200 * 1024 * 1024:
            self.read_bytes += 1024 * 1024
            yield b"\0" * 1024 * 1024


def test_two_hundred_megabytes_are_given_up_early() -> None:
    endless = Endless("a.pdf", b"")

    with pytest.raises(BadFile):
        filestore.store(endless)

    assert endless.read_bytes == 21 * 1024 * 1024


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Satzung.pdf", "Satzung.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Eva\\Satzung.PDF", "Satzung.pdf"),
        ("rechnung.exe", "rechnung.exe.pdf"),
        ("قانون.pdf", "قانون.pdf"),
        ("fdp\u202eexe.pdf", "fdpexe.pdf"),
        ("a\nb\0c.pdf", "a bc.pdf"),
        ("x" * 300 + ".pdf", "x" * 156 + ".pdf"),
        ("<b>.pdf", "_b_.pdf"),
    ],
)
def test_names(given: str, kept: str) -> None:
    assert filestore.safe_name(given, PDF) == kept


def test_name_without_letters_gets_one() -> None:
    assert filestore.safe_name("...", PDF).endswith(".pdf")


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "aa/../../../x"])
def test_no_way_out_of_the_store(path: str) -> None:
    with pytest.raises(ValueError, match=path.replace(".", r"\.")):
        filestore.full_path(path)


@pytest.mark.committing
class TestPage:
    def send(self, client: Client, draft: Application, *files: Any, kind: str = "statutes") -> Any:
        client.force_login(sender_of(draft))
        return client.post(reverse("grants:files", args=[draft.pk]), {"kind": kind, "files": list(files)})

    def test_several_at_once(self, client: Client) -> None:
        draft = make_application()

        answer = self.send(client, draft, upload("a.pdf", pdf()), upload("b.png", png()))

        assert answer.status_code == 302
        assert [(a.name, a.kind) for a in draft.attachments.all()] == [("a.pdf", "statutes"), ("b.png", "statutes")]
        assert len(files_in_store()) == 2

    def test_bad_one_is_named_and_the_good_one_is_kept(self, client: Client) -> None:
        draft = make_application()

        answer = self.send(client, draft, upload("virus.pdf", b"MZ"), upload("gut.pdf", pdf()))

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "virus.pdf" in page
        assert [a.name for a in draft.attachments.all()] == ["gut.pdf"]
        assert len(files_in_store()) == 1

    def test_file_above_the_limit(self, client: Client, settings: Settings) -> None:
        settings.UPLOAD_MAX_BYTES = 2000
        draft = make_application()

        answer = self.send(client, draft, upload("a.pdf", pdf() + b"\n" * 3000))

        assert answer.status_code == 413
        assert not draft.attachments.exists()
        assert files_in_store() == []

    def test_request_above_the_limit_is_not_read(self, client: Client) -> None:
        draft = make_application()
        client.force_login(sender_of(draft))

        answer = client.generic(
            "POST", reverse("grants:files", args=[draft.pk]), b"", MULTIPART_CONTENT, CONTENT_LENGTH="209715200"
        )

        assert answer.status_code == 413

    def test_one_that_comes_in_many_pieces(self, client: Client) -> None:
        draft, content = make_application(), pdf() + b"\n" * 3_000_000

        answer = self.send(client, draft, upload("a.pdf", content))

        attachment = draft.attachments.get()
        assert answer.status_code == 302
        assert (attachment.size, attachment.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert filestore.full_path(attachment.path).read_bytes() == content

    @pytest.mark.parametrize(("where", "what"), [(os, "fsync"), (filestore.Arriving, "take"), (uploads, "Arriving")])
    def test_no_room_on_the_disk_is_told_and_leaves_nothing(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
    ) -> None:
        draft = make_application()

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(where, what, full)
            answer = self.send(client, draft, upload("a.pdf", pdf()))

        assert answer.status_code == 507
        assert "kein Platz" in answer.content.decode()
        assert files_in_store() == []
        assert self.send(client, draft, upload("a.pdf", pdf())).status_code == 302

    def test_eleven_files_at_once(self, client: Client) -> None:
        draft = make_application()

        answer = self.send(client, draft, *(upload(f"{n}.png", png()) for n in range(11)))

        assert answer.status_code == 400
        assert not draft.attachments.exists()

    def test_file_number_101(self) -> None:
        draft = make_application()
        for _ in range(settings.UPLOAD_MAX_FILES):
            make_attachment(draft)

        with pytest.raises(BadFile):
            actions.add_file(application=draft, by=sender_of(draft), kind="other", stored=stored())

    def test_no_file_and_no_kind(self, client: Client) -> None:
        draft = make_application()

        answer = self.send(client, draft, kind="")

        assert answer.status_code == 200
        assert 'href="#id_kind"' in answer.content.decode()
        assert 'href="#id_files"' in answer.content.decode()

    def test_token_is_asked_for(self) -> None:
        draft = make_application()
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(sender_of(draft))

        answer = strict.post(
            reverse("grants:files", args=[draft.pk]), {"kind": "statutes", "files": [upload("a.pdf", pdf())]}
        )

        assert answer.status_code == 403
        assert not draft.attachments.exists()

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("name", ["file", "file_remove"])
    def test_foreign_association_gets_no_file(self, client: Client, name: str, method: str) -> None:
        draft = make_application()
        file = actions.add_file(application=draft, by=sender_of(draft), kind="quote", stored=stored())
        client.force_login(make_member(make_organisation()))

        answer = getattr(client, method)(reverse(f"grants:{name}", args=[draft.pk, file.pk]))

        assert answer.status_code in (404, 405)
        assert Attachment.objects.exists()

    def test_file_of_another_application_under_an_own_one(self, client: Client) -> None:
        mine, other = make_application(), make_application()
        file = make_attachment(other)
        client.force_login(sender_of(mine))

        assert client.get(reverse("grants:file", args=[mine.pk, file.pk])).status_code == 404

    def test_a_name_without_end_is_told_on_the_page(self, client: Client) -> None:
        draft = make_application()
        make_attachment(draft, name="satzung-2026.pdf")
        client.force_login(sender_of(draft))

        # By hand: an upload of the test client cuts the name itself.
        body = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nstatutes\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{"n" * 3000}.pdf"\r\n\r\n%PDF\r\n'
            f"--{BOUNDARY}--\r\n"
        )

        answer = client.generic("POST", reverse("grants:files", args=[draft.pk]), body, MULTIPART_CONTENT)

        assert answer.status_code == 400
        assert "Name einer Datei sehr lang" in answer.content.decode()
        assert "satzung-2026.pdf" in answer.content.decode()
        assert Attachment.objects.count() == 1

    def test_download_opens_nothing_in_the_page(self, client: Client) -> None:
        draft, content = make_application(), pdf()
        file = stored(content, name='böse";\r\nX: 1.pdf')
        made = actions.add_file(application=draft, by=sender_of(draft), kind="quote", stored=file)
        client.force_login(sender_of(draft))

        answer: Any = client.get(reverse("grants:file", args=[draft.pk, made.pk]))

        assert b"".join(answer.streaming_content) == content
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "X" not in answer.headers

    def test_remove_from_a_draft_deletes_the_file(self, client: Client) -> None:
        draft = make_application()
        file = actions.add_file(application=draft, by=sender_of(draft), kind="quote", stored=stored())
        client.force_login(sender_of(draft))

        client.post(reverse("grants:file_remove", args=[draft.pk, file.pk]))

        assert not Attachment.objects.exists()
        assert files_in_store() == []

    def test_remove_after_sending_keeps_what_was_sent(self) -> None:
        draft = make_sendable()
        file = actions.add_file(application=draft, by=sender_of(draft), kind="quote", stored=stored())
        draft.refresh_from_db()
        sent = actions.submit(application=draft, by=sender_of(draft), seen_version=draft.version)
        Application.objects.filter(pk=sent.pk).update(state=S.RETURNED)
        returned = Application.objects.get(pk=sent.pk)
        returned.document_requests.create(
            fields=["files"], message="x", due_date="2027-01-01", asked_by=sender_of(draft)
        )

        actions.remove_file(attachment=Attachment.objects.get(pk=file.pk), by=sender_of(draft))

        assert Attachment.objects.get(pk=file.pk).removed_at is not None
        assert len(files_in_store()) == 1

    def test_only_kinds_that_were_asked_for(self) -> None:
        case = make_application(state=S.RETURNED)
        case.document_requests.create(fields=["statutes"], message="x", due_date="2027-01-01", asked_by=sender_of(case))

        actions.add_file(application=case, by=sender_of(case), kind="statutes", stored=stored())
        with pytest.raises(NotReopened):
            actions.add_file(application=case, by=sender_of(case), kind="quote", stored=stored())


def test_kinds_of_files_are_those_of_the_records() -> None:
    assert set(AttachmentKind.values) >= {"statutes", "exemption_notice"}


def test_archive_helper_makes_real_archives() -> None:
    assert zipfile.ZipFile(io.BytesIO(office())).testzip() is None
