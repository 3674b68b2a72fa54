"""Documents are drawn once from frozen data; the file is there whole or not at all."""

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts import clock
from notifications import claims, files, rendering
from notifications.exceptions import FileDamaged
from notifications.models import Document, Letter
from tests.notifications.factories import make_letter, render_all

pytestmark = pytest.mark.django_db


def path_of(document: Document, settings: Any) -> Path:
    return Path(settings.MEDIA_ROOT) / document.file


def test_ordered_document_is_drawn_once_and_kept_with_its_hash(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = make_letter(rendered=False).document

    render_all()
    document.refresh_from_db()
    first = path_of(document, settings).read_bytes()
    render_all()

    document.refresh_from_db()
    assert document.rendered_at is not None
    assert document.attempts == 1
    assert document.sha256 == hashlib.sha256(first).hexdigest()
    assert path_of(document, settings).stat().st_mode & 0o777 == 0o600
    assert first.startswith(b"%PDF-")
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [path_of(document, settings).name]


def test_a_repeat_draws_the_same_bytes(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = make_letter(rendered=False).document
    dead = claims.claim(rendering.ordered(), clock.now())
    assert dead is not None
    rendering._render(dead)
    dead.refresh_from_db()
    # As if the worker had died between rename and record, and another one took over.
    again = Document(pk=document.pk, kind=dead.kind, data=dead.data, created_at=dead.created_at, attempts=2)
    rendering._render(again)

    assert hashlib.sha256(path_of(dead, settings).read_bytes()).hexdigest() == dead.sha256
    assert len(list(tmp_path.rglob("*.pdf"))) == 1


def test_data_that_cannot_be_drawn_goes_to_people(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = make_letter(rendered=False).document
    broken = Document.objects.create(key="broken", kind="L01", data={"no": "letter"}, created_at=clock.now())

    render_all()

    broken.refresh_from_db()
    document.refresh_from_db()
    assert broken.failed_at is not None
    assert broken.error.startswith("BadLetterData")
    assert document.rendered_at is not None


def test_document_that_kills_its_worker_again_and_again_goes_to_people() -> None:
    document = make_letter(rendered=False).document
    Document.objects.filter(pk=document.pk).update(attempts=rendering.MOST_ATTEMPTS)

    render_all()

    document.refresh_from_db()
    assert document.failed_at is not None
    assert document.error == "The worker died while rendering."


def test_full_disk_leaves_nothing_and_is_tried_again(settings: Any, tmp_path: Path) -> None:
    # A folder in which a file stands where the year's folder should be: the write fails like a full disk.
    settings.MEDIA_ROOT = tmp_path
    document = make_letter(rendered=False).document
    blocker = tmp_path / "letters"
    blocker.write_text("in the way")

    render_all()
    document.refresh_from_db()
    assert (document.rendered_at, document.failed_at) == (None, None)
    assert document.error != ""
    assert document.next_try_at > clock.now()

    blocker.unlink()
    clock.freeze(clock.now() + timedelta(seconds=20))
    render_all()
    document.refresh_from_db()
    assert document.rendered_at is not None
    assert document.error == ""


def test_leftovers_of_dead_workers_are_swept_but_not_fresh_ones(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    folder = tmp_path / "letters" / "2026"
    folder.mkdir(parents=True)
    old, fresh, letter = folder / ".1.pdf.a.part", folder / ".2.pdf.b.part", folder / "3.pdf"
    for path in (old, fresh, letter):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    os.utime(letter, (1, 1))

    assert rendering.sweep_leftovers() == 1
    assert sorted(folder.iterdir()) == sorted([fresh, letter])


@pytest.mark.parametrize(
    "changes", [{"data": {"a": 1}}, {"sha256": "1" * 64}, {"file": "letters/other.pdf"}, {"rendered_at": None}]
)
def test_rendered_document_never_changes(changes: dict[str, Any]) -> None:
    document = make_letter().document

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "other"},
        {"amount_cents": 1},
        {"addressee": "Somebody else"},
        {"letter_date": "2027-01-01"},
        {"signed_sha256": "2" * 64},
        {"signed_at": None, "signed_by": None},
        {"approved_at": None},
    ],
)
def test_signed_letter_never_changes(changes: dict[str, Any]) -> None:
    letter = make_letter()
    now = clock.now()
    Letter.objects.filter(pk=letter.pk).update(
        approved_at=now, signed_at=now, signed_by=letter.signatory, signed_sha256="0" * 64
    )

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**changes)


def test_signed_letter_cannot_be_deleted() -> None:
    letter = make_letter()
    Letter.objects.filter(pk=letter.pk).update(
        signed_at=clock.now(), signed_by=letter.signatory, signed_sha256="0" * 64
    )

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        letter.delete()


def test_served_file_is_an_attachment_that_no_page_may_run(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    letter = make_letter(rendered=False)
    render_all()
    letter.document.refresh_from_db()

    response = files.serve(letter.document, name="Bescheid Ü/../x.pdf")

    assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[arg-type]
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_damaged_file_is_not_served(settings: Any, tmp_path: Path, damage: str) -> None:
    settings.MEDIA_ROOT = tmp_path
    letter = make_letter(rendered=False)
    render_all()
    letter.document.refresh_from_db()
    path = path_of(letter.document, settings)
    path.write_bytes(b"%PDF-other") if damage == "changed" else path.unlink()

    with pytest.raises(FileDamaged):
        files.serve(letter.document)


@pytest.mark.committing
def test_two_workers_draw_each_document_once(
    settings: Any, tmp_path: Path, in_threads: Callable[..., list[Any]]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for _ in range(6):
        make_letter(rendered=False)

    assert in_threads([render_all] * 3) == [None] * 3

    assert set(Document.objects.values_list("attempts", "error")) == {(1, "")}
    for document in Document.objects.all():
        assert hashlib.sha256(path_of(document, settings).read_bytes()).hexdigest() == document.sha256
