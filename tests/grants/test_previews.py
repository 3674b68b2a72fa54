"""Pictures of the pages of a file: drawn once, apart from the product, and gone with the file."""

import io
import os
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from grants import actions, drawing, filestore, previews
from grants.models import Application, Attachment
from grants.tasks import draw
from tests.factories import make_application
from tests.grants.factories import office, pdf, png, sender_of, stored


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def attach(draft: Application, content: bytes, name: str = "satzung.pdf") -> Attachment:
    file = stored(content, name)
    return actions.add_file(application=draft, by=sender_of(draft), kind="other", stored=file)


def pages(number: int) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(number):
            made.add_blank_page(page_size=(595, 842))
        made.save(out)
    return out.getvalue()


@pytest.mark.committing
class TestPreview:
    def look(self, client: Client, file: Attachment, **query: Any) -> Any:
        client.force_login(sender_of(file.application))
        return client.get(reverse("grants:file_preview", args=[file.application_id, file.pk]), query)

    def test_pages_are_drawn_when_somebody_looks(self, client: Client) -> None:
        file = attach(make_application(), pages(12))

        assert "data-preview-waits" in self.look(client, file).content.decode()
        draw(file.path)

        page = self.look(client, file).content.decode()
        assert (page.count('<img src="?page='), "12" in page) == (drawing.PAGES, True)
        picture = self.look(client, file, page=10)
        assert picture.headers["Content-Type"] == "image/jpeg"
        assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert Image.open(io.BytesIO(b"".join(picture.streaming_content))).size == (1000, 1416)

    @pytest.mark.parametrize("page", ["0", "2", "x", "-1", "1/../1", "99999"])
    def test_no_other_page(self, client: Client, page: str) -> None:
        file = attach(make_application(), pdf())
        draw(file.path)

        assert self.look(client, file, page=page).status_code == 404

    def test_picture_loses_what_is_hidden_in_it(self, client: Client) -> None:
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = 6, "Telefon"
        Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif)
        file = attach(make_application(), out.getvalue(), "foto.jpg")

        draw(file.path)

        with Image.open(io.BytesIO(b"".join(self.look(client, file, page=1).streaming_content))) as drawn:
            assert (drawn.size, dict(drawn.getexif())) == ((20, 40), {})

    def test_office_file_has_none(self, client: Client) -> None:
        file = attach(make_application(), office(), "plan.docx")

        page = self.look(client, file).content.decode()

        assert "data-preview-waits" not in page
        assert reverse("grants:file", args=[file.application_id, file.pk]) in page

    def test_what_cannot_be_drawn_is_told_and_not_tried_again(self, client: Client) -> None:
        file = attach(make_application(), png(), "bild.png")
        filestore.full_path(file.path).write_bytes(b"%PDF-1.7\n" + b"garbage" * 50)

        draw(file.path)

        assert previews.look(file) == previews.Preview(0, 0)
        assert "data-preview-waits" not in self.look(client, file).content.decode()

    def test_pictures_go_with_their_file(self) -> None:
        file = attach(make_application(), pdf())
        draw(file.path)
        folder = filestore.preview_folder(file.path)
        assert folder.is_dir()

        actions.remove_file(attachment=file, by=sender_of(file.application))

        assert not folder.exists()


def test_pictures_go_when_nobody_looks_for_a_month() -> None:
    path = stored().path
    previews.draw(path)
    folder = filestore.preview_folder(path)

    assert (previews.sweep(), folder.exists()) == (0, True)
    os.utime(folder, (0, 0))
    assert (previews.sweep(), folder.exists(), previews.sweep()) == (1, False, 0)


def test_nothing_is_drawn_of_a_file_that_is_gone() -> None:
    previews.draw("aa/bb")

    assert filestore.previews() == []


def test_backup_holds_no_pictures() -> None:
    path = stored().path
    previews.draw(path)

    root = filestore.full_path("")
    assert list(root.rglob("*.jpg")) == []
