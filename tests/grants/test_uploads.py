"""What a round takes, files sent by a script one by one, the same file twice, and a file in the place of another."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from grants import actions, filestore
from grants.exceptions import BadFile
from grants.filetypes import PDF, PNG
from grants.forms.round_documents import DocumentsCardForm
from grants.limits import MEGABYTE, Limits, limits_of
from grants.models import Application, Round
from tests.factories import make_application
from tests.grants.factories import jpg, pdf, png, sender_of, stored, upload

SCRIPT = {"Accept": "application/json"}
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def files_in_store() -> int:
    root = filestore.full_path("")
    return sum(path.is_file() and path.parent.name != filestore.REMOVED for path in root.rglob("*"))


@pytest.mark.parametrize(("more", "taken"), [(0, True), (1, False)])
def test_largest_file_of_a_round(more: int, taken: bool) -> None:
    content = pdf()
    limits = Limits((PDF,), len(content))

    if taken:
        assert filestore.store(upload("a.pdf", content), limits).size == len(content)
    else:
        with pytest.raises(BadFile):
            filestore.store(upload("a.pdf", content + b"\n" * more), limits)
        assert files_in_store() == 0


def test_kinds_of_a_round() -> None:
    limits = limits_of(Round(file_types=["png"]))

    assert filestore.store(upload("a.png", png()), limits).content_type == PNG.content_type
    for other in (pdf(), jpg(), b"just words"):
        with pytest.raises(BadFile, match="PNG"):
            filestore.store(upload("a.png", other), limits)


def test_photo_of_a_telephone_is_told_apart() -> None:
    with pytest.raises(BadFile, match="HEIC"):
        filestore.store(upload("IMG_0001.HEIC", HEIC))


@pytest.mark.parametrize(
    ("types", "size", "kept"),
    [
        (["pdf", "jpg", "png", "docx", "xlsx", "odt"], "20", ([], None)),
        (["png", "pdf"], "19", (["pdf", "png"], 19 * MEGABYTE)),
    ],
)
def test_card_of_the_round(types: list[str], size: str, kept: tuple[list[str], int | None]) -> None:
    data = {"version": "1", "documents_deadline_days": "14", "file_types": types, "file_megabytes": size}
    form = DocumentsCardForm(data, round=Round())

    assert form.is_valid(), form.errors
    values = form.values()
    assert (values["file_types"], values["file_max_bytes"]) == kept


@pytest.mark.parametrize("size", ["0", "21"])
def test_card_refuses_sizes_that_the_product_does_not_take(size: str) -> None:
    form = DocumentsCardForm({"file_megabytes": size}, round=Round())

    assert "file_megabytes" in form.errors


@pytest.mark.committing
class TestByScript:
    def send(self, client: Client, draft: Application, file: Any, kind: str = "statutes") -> Any:
        client.force_login(sender_of(draft))
        address = reverse("grants:files", args=[draft.pk])
        return client.post(address, {"kind": kind, "files": file}, headers=SCRIPT)

    def test_good_one(self, client: Client) -> None:
        draft = make_application()

        answer = self.send(client, draft, upload("a.pdf", pdf()))

        assert (answer.status_code, answer.json()) == (201, {"complaints": []})
        assert draft.attachments.get().name == "a.pdf"

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [(b"MZ", "statutes", 422), (pdf(), "", 422), (pdf() + b"\n" * 3000, "quote", 413)],
    )
    def test_bad_one_is_told_in_words(
        self, client: Client, settings: Settings, content: bytes, kind: str, status: int
    ) -> None:
        settings.UPLOAD_MAX_BYTES = 2000
        draft = make_application()

        answer = self.send(client, draft, upload("a.pdf", content), kind)

        assert answer.status_code == status
        assert len(answer.json()["complaints"]) == 1
        assert (draft.attachments.count(), files_in_store()) == (0, 0)


@pytest.mark.committing
class TestTwice:
    def test_same_file_is_attached_once(self, client: Client) -> None:
        draft, content = make_application(), pdf()
        by = sender_of(draft)

        first = actions.add_file(application=draft, by=by, kind="quote", stored=stored(content))
        again = actions.add_file(application=draft, by=by, kind="quote", stored=stored(content, "anders.pdf"))

        assert again == first
        assert (draft.attachments.count(), files_in_store()) == (1, 1)

    def test_same_file_for_two_purposes_is_attached_twice(self) -> None:
        draft, content = make_application(), pdf()
        for kind in ("statutes", "register"):
            actions.add_file(application=draft, by=sender_of(draft), kind=kind, stored=stored(content))

        assert draft.attachments.count() == 2


@pytest.mark.committing
class TestReplace:
    def test_new_file_takes_the_place_of_the_old_one(self, client: Client) -> None:
        draft = make_application()
        by = sender_of(draft)
        old = actions.add_file(application=draft, by=by, kind="statutes", stored=stored())
        client.force_login(by)

        answer = client.post(
            reverse("grants:file_replace", args=[draft.pk, old.pk]), {"file": upload("neu.png", png())}
        )

        new = draft.attachments.get()
        assert answer.status_code == 302
        assert (new.name, new.kind, files_in_store()) == ("neu.png", "statutes", 1)

    def test_bad_file_leaves_the_old_one(self, client: Client) -> None:
        draft = make_application()
        by = sender_of(draft)
        old = actions.add_file(application=draft, by=by, kind="statutes", stored=stored())
        client.force_login(by)

        for sent in ({"file": upload("neu.pdf", b"MZ")}, {"file": upload("leer.pdf", b"")}, {}):
            answer = client.post(reverse("grants:file_replace", args=[draft.pk, old.pk]), sent)
            assert 'href="#id_file"' in answer.content.decode()

        assert (draft.attachments.get(), files_in_store()) == (old, 1)
