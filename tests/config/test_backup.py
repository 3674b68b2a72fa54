"""Backup and restore as one drill, on both engines, and everything that can be wrong with a backup."""

import dataclasses
import hashlib
import json
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.models import User
from config.backup import files, manifest, shelf
from grants import actions, filestore
from grants.models import Attachment, CaseCounter
from grants.steps.numbers import give_case_number
from grants.tasks import sweep as grants_sweep
from notifications.actions import notices, restorations
from notifications.files import content_of
from notifications.models import Document, Letter, Notice, Restoration
from notifications.tasks import sweep as notifications_sweep
from payments.actions import payouts
from payments.models import BankComparison, Payment, PaymentExport
from payments.queries import books
from payments.tasks import sweep as payments_sweep
from reviews.tasks import sweep as reviews_sweep
from tests import factories as make
from tests.config.machines import Machine, empty_machine
from tests.grants.factories import pdf
from tests.notifications.factories import make_notice
from tests.payments import chain
from tests.services import Broker, SmtpSink, Worker, environment, wait_until

pytestmark = pytest.mark.committing
SWEEPS = (notifications_sweep, grants_sweep, payments_sweep, reviews_sweep)


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def machine(settings: Settings, tmp_path: Path, committed_db: None) -> Iterator[Machine]:
    with empty_machine(settings, tmp_path / "empty") as made:
        yield made


def run(command: str, *arguments: object, **options: object) -> str:
    out = StringIO()
    call_command(command, *(str(argument) for argument in arguments), stdout=out, **options)
    return out.getvalue()


def backup(shelf_folder: Path) -> Path:
    run("backup", shelf_folder)
    return shelf.finished(shelf_folder)[-1]


def upload(content: bytes | None = None) -> Attachment:
    draft = make.make_application()
    stored = filestore.store(SimpleUploadedFile("satzung.pdf", content or pdf()))
    assert draft.created_by is not None
    return actions.add_file(application=draft, by=draft.created_by, kind="quote", stored=stored)


def small_fund(shelf_folder: Path) -> Path:
    """A backup with a person, an upload and its history."""
    upload()
    return backup(shelf_folder)


def sent(fund: Any) -> str:
    with transaction.atomic():
        return give_case_number(fund, "MIT", 2026)


# --- The drill -----------------------------------------------------------------------------------------------


def test_backup_of_yesterday_restored_on_an_empty_machine(
    machine: Machine, tmp_path: Path, smtp_sink: SmtpSink, broker: Broker
) -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.final_award(case)
    payment = payouts.order(
        payment=payouts.certify(payment=chain.request(case, 1_000), by=case.office.finance_a), by=case.office.finance_b
    )
    upload()
    sent(case.office.fund)
    owed = make_notice(to="verein@example.org")
    admin = make.make_administrator()
    yesterday = backup(tmp_path / "backups")

    # What the backup does not know: a mail that went out, a payment file, a letter, a case number.
    Notice.objects.filter(pk=owed.pk).update(state="SENT", sent_at=clock.now())
    chain.exported(case, payment)
    chain.draft(chain.make_case(case.office, budget=case.budget))
    sent(case.office.fund)

    with machine.inside():
        out = run("restore", yesterday)
        restored = Restoration.objects.get()
        assert f"{restored.held} messages are held back." in out
        assert set(Notice.objects.values_list("state", flat=True)) == {"HELD"}
        assert books.check().errors == []
        assert [len(content_of(document)) > 0 for document in Document.objects.exclude(file="")] == [True]
        assert (Letter.objects.count(), PaymentExport.objects.count()) == (1, 0)
        assert Payment.objects.get(pk=payment.pk).state == "ORDERED"
        # Numbers that may stand on receipts are not given again.
        assert CaseCounter.objects.get(fund=case.office.fund).last == 101

    workers = Worker(
        environment(
            DJANGO_SETTINGS_MODULE="config.settings.test", TEST_DATA_DIR=machine.folder, EMAIL_URL=smtp_sink.url,
            TEST_WORKER_DATABASE=machine.worker_database, CELERY_BROKER_URL=broker.url,
        ), tmp_path, "notices,letters,slow", 1,
    )  # fmt: skip
    try:
        workers.start()
        with machine.inside(machine.application):
            # A message of a person's own act waits, and nothing that the scheduler asks for gets through.
            new = make_notice(to="neu@example.org")
            notifications_sweep()
            assert smtp_sink.received == []
            assert Notice.objects.get(pk=new.pk).state == "OWED"

            running = restorations.run_clocks(restored=restored, by=admin)
            for moment in (chain.days_later(7), chain.days_later(7, hour=10)):
                chain.at(moment)
                for sweep in SWEEPS:
                    sweep()
            restorations.send_from_now(restored=running, by=admin)
            notices.send_again(notices=[Notice.objects.get(pk=owed.pk)], by=admin)
            wait_until(lambda: len(smtp_sink.received) == 2, 30, "both mails")
        assert {mail.message_id for mail in smtp_sink.received} == {owed.message_id, new.message_id}
    finally:
        workers.kill()


# --- What can be wrong -----------------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return small_fund(tmp_path / "backups")


def refused(*arguments: object, **options: object) -> str:
    with pytest.raises(CommandError) as error:
        run(*arguments, **options)  # type: ignore[arg-type]
    return str(error.value)


def is_empty(machine: Machine) -> bool:
    with machine.inside():
        tables = connection.introspection.table_names()
        return not tables and not list(files.existing())


def only_upload(folder: Path) -> Path:
    (found,) = (path for path in (folder / "files").rglob("*") if path.is_file())
    return found


def test_damaged_database_is_not_restored(made: Path, machine: Machine) -> None:
    (part,) = made.glob("database.*")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)

    with machine.inside():
        assert refused("restore", made) == f"The backup cannot be used:\n{part} is damaged."
    assert is_empty(machine)
    assert refused("verify_backup", made) == f"{part} is damaged."


@pytest.mark.once
def test_missing_and_damaged_files_are_named(made: Path, machine: Machine) -> None:
    file = only_upload(made)
    file.write_bytes(b"something else")
    assert refused("verify_backup", made) == f"{file} is damaged."

    file.unlink()
    with machine.inside():
        assert refused("restore", made) == f"The backup cannot be used:\n{file} is missing."
    assert is_empty(machine)


@pytest.mark.once
def test_manifest_is_sealed(made: Path) -> None:
    file = made / "manifest.json"
    content = json.loads(file.read_text())
    content["rows"]["accounts_user"] += 1
    file.write_text(json.dumps(content))
    assert refused("verify_backup", made) == "The backup is damaged: manifest.json is not what was written."

    file.write_text("{")
    assert refused("verify_backup", made) == "The backup is damaged: manifest.json cannot be understood."

    file.unlink()
    assert refused("verify_backup", made) == f"{made} is no finished backup: manifest.json cannot be read."


@pytest.mark.once
def test_wrong_key_is_told_before_anything_is_changed(made: Path, machine: Machine, settings: Settings) -> None:
    right, settings.FIELD_ENCRYPTION_KEY = settings.FIELD_ENCRYPTION_KEY, "another key, as long as the first one was"

    with machine.inside():
        assert refused("restore", made).startswith("FIELD_ENCRYPTION_KEY is not the key of this backup")
    assert is_empty(machine)

    settings.FIELD_ENCRYPTION_KEY_FALLBACKS = [right]
    assert run("verify_backup", made).startswith(f"{made.name} is whole")


@pytest.mark.once
def test_no_key_is_in_a_backup(made: Path) -> None:
    for path in made.glob("*.*"):
        content = path.read_bytes()
        assert live.FIELD_ENCRYPTION_KEY.encode() not in content
        assert live.SECRET_KEY.encode() not in content


def test_target_with_people_in_it_is_not_overwritten(made: Path, machine: Machine) -> None:
    with machine.inside():
        run("restore", made)
        make.make_user("neu@example.org")

        assert refused("restore", made).startswith(f"The database {machine.name} is not empty.")
        assert "not other" in refused("restore", made, "--replace", "other")
        assert User.objects.filter(email="neu@example.org").exists()

        run("restore", made, "--replace", machine.name)
        assert not User.objects.filter(email="neu@example.org").exists()


def resealed(made: Path, **changes: Any) -> None:
    """What another product, or a slip in the database itself, would have written."""
    content = dataclasses.replace(manifest.read(made), **changes)
    (made / "manifest.json").write_bytes(manifest.write(content))


@pytest.mark.once
def test_backup_of_a_newer_product_is_refused(made: Path, machine: Machine) -> None:
    resealed(made, migrations=[*manifest.read(made).migrations, "reviews.9999_later"], version="9.0")

    with machine.inside():
        assert "by a newer product (version 9.0); install that one first." in refused("restore", made)
    assert is_empty(machine)


@pytest.mark.once
def test_backup_of_the_other_database_is_refused(made: Path, machine: Machine) -> None:
    resealed(made, engine="oracle")

    with machine.inside():
        assert refused("restore", made).startswith("This is a backup of oracle; the configured database is")


@pytest.mark.once
def test_backup_of_an_older_product_is_brought_up_to_date(made: Path, machine: Machine, tmp_path: Path) -> None:
    with machine.inside():
        run("restore", made)
        call_command("migrate", "payments", "0003_frozen_payments", verbosity=0, skip_checks=True)
        older = backup(tmp_path / "older")
        assert "payments.0004_bank_comparisons" not in manifest.read(older).migrations

        run("restore", older, "--replace", machine.name)

        assert not BankComparison.objects.exists()


def test_database_that_is_not_what_it_was_stays_closed(made: Path, machine: Machine) -> None:
    content = manifest.read(made)
    rows, triggers = content.rows, [*content.triggers, "ledger_transfer_unseen"]
    resealed(made, rows={**rows, "accounts_user": rows["accounts_user"] + 1}, triggers=triggers)

    with machine.inside():
        message = refused("restore", made)
        assert "stays closed, because something is wrong:\nTrigger ledger_transfer_unseen is missing." in message
        assert f"Table accounts_user has {rows['accounts_user']} rows, not {rows['accounts_user'] + 1}." in message
    assert_closed(machine)


def assert_closed(machine: Machine) -> None:
    """Whoever works there has no rights yet; the embedded database is not even there."""
    if not machine.application:
        assert not Path(machine.database).exists()
        return
    with machine.inside(machine.application), connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'USAGE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.once
def test_foreign_files_are_moved_aside_never_deleted(made: Path, machine: Machine) -> None:
    foreign = machine.media / "letters/2025/00000001.pdf"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"a letter of somebody else")

    with machine.inside():
        assert "1 files are not of this backup, for example letters/2025/00000001.pdf" in refused("restore", made)
        run("restore", made, "--replace", machine.name)

    aside = machine.media / f"replaced-by-{made.name}/letters/2025/00000001.pdf"
    assert (foreign.exists(), aside.read_bytes()) == (False, b"a letter of somebody else")


def test_interrupted_restore_is_simply_begun_again(
    made: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Exception):
        """As if somebody pressed Ctrl-C."""

    def interrupt(**_: object) -> None:
        raise Interrupted

    with machine.inside():
        monkeypatch.setattr(restorations, "stand_still", interrupt)
        with pytest.raises(Interrupted):
            run("restore", made)
        monkeypatch.undo()
        assert_closed(machine)

        run("restore", made)
        assert Restoration.objects.count() == 1


@pytest.mark.once
def test_interrupted_backup_leaves_nothing_that_looks_like_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload()
    folder = tmp_path / "backups"
    leftover = folder / ".20261101T020000Z.unfinished"
    leftover.mkdir(parents=True)

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "copy", full)
        assert refused("backup", folder) == "No backup was made: [Errno 28] No space left on device"
    assert [path.name for path in folder.iterdir()] == [".lock"]

    backup(folder)
    assert len(shelf.finished(folder)) == 1


@pytest.mark.once
def test_second_backup_beside_the_first_is_refused(tmp_path: Path) -> None:
    with shelf.alone(tmp_path):
        assert refused("backup", tmp_path) == f"No backup was made: Another backup into {tmp_path} is running."


@pytest.mark.once
def test_lost_and_changed_files_are_told_and_the_backup_is_made(tmp_path: Path, machine: Machine) -> None:
    lost, changed = upload(), upload()
    filestore.full_path(lost.path).unlink()
    filestore.full_path(changed.path).write_bytes(b"changed")

    message = refused("backup", tmp_path / "backups")

    assert message.splitlines() == [
        "The backup was made, but the store of files is not whole:",
        *sorted([f"uploads/{lost.path}: missing", f"uploads/{changed.path}: damaged"]),
    ]
    (made,) = shelf.finished(tmp_path / "backups")
    with machine.inside():
        assert f"Lost or damaged before the backup: uploads/{lost.path} (missing)." in run("restore", made)


# --- What a backup is -------------------------------------------------------------------------------------------


@pytest.mark.once
def test_file_removed_after_the_snapshot_is_in_the_backup(tmp_path: Path) -> None:
    attachment = upload()
    # The row of the snapshot still names what a person has removed meanwhile.
    filestore.remove(attachment.path)

    made = backup(tmp_path / "backups")

    assert hashlib.sha256(only_upload(made).read_bytes()).hexdigest() == attachment.sha256


@pytest.mark.once
def test_daily_backups_share_their_files(tmp_path: Path) -> None:
    upload()
    first = backup(tmp_path / "backups")
    upload(pdf(change=lambda made: made.docinfo.update({"/Title": "zwei"})))

    out = run("backup", tmp_path / "backups")
    second = shelf.finished(tmp_path / "backups")[-1]

    assert "2 files (1 new)" in out
    assert {path.stat().st_nlink for path in (second / "files").rglob("*") if path.is_file()} == {1, 2}
    shutil.rmtree(first)
    assert run("verify_backup", second).startswith(f"{second.name} is whole")


@pytest.mark.once
def test_old_backups_are_thrown_away(tmp_path: Path) -> None:
    names = [backup(tmp_path).name for _ in range(3)]

    out = run("backup", tmp_path, "--keep", "2")

    left = [folder.name for folder in shelf.finished(tmp_path)]
    assert (len(left), left[0]) == (2, names[-1])
    assert out.splitlines()[1:] == [f"{name} was thrown away." for name in names[:2]]


def test_only_its_owner_reads_a_backup(made: Path) -> None:
    paths = [made, *made.rglob("*")]

    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in paths if path.is_file()} == {"0o600"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in paths if path.is_dir()} == {"0o700"}


def test_sessions_do_not_come_back(tmp_path: Path, machine: Machine) -> None:
    Session.objects.create(session_key="k" * 32, session_data="secret", expire_date=clock.now())
    made = small_fund(tmp_path / "backups")

    with machine.inside():
        run("restore", made)
        assert not Session.objects.exists()
    assert Session.objects.count() == 1


@pytest.mark.once
def test_files_can_be_checked_without_the_product(made: Path) -> None:
    done = subprocess.run(["sha256sum", "--check", "--quiet", "files.sha256"], cwd=made, check=False)

    assert done.returncode == 0


def test_backup_of_a_restored_database_is_restored_again(made: Path, machine: Machine, tmp_path: Path) -> None:
    with machine.inside():
        run("restore", made)
        again = backup(tmp_path / "again")
        run("restore", again, "--replace", machine.name)

        assert list(Restoration.objects.order_by("pk").values_list("state", flat=True)) == ["SUPERSEDED", "STILL"]


@pytest.mark.postgresql
def test_only_the_owner_restores(made: Path, machine: Machine) -> None:
    with machine.inside(machine.application):
        assert "must be owner of schema public" in refused("restore", made)
        assert connection.introspection.table_names() == []


@pytest.mark.postgresql
def test_restore_waits_until_nobody_is_connected(made: Path, machine: Machine) -> None:
    with machine.inside(), closing(connections.create_connection("default")) as somebody:
        somebody.ensure_connection()
        assert "is in use: stop web, workers and scheduler first." in refused("restore", made)


def test_manifest_says_what_is_in_it(made: Path) -> None:
    content = json.loads((made / "manifest.json").read_text())

    assert content["engine"] == connection.vendor
    assert re.fullmatch(r"[0-9.]+", content["version"])
    assert content["rows"]["accounts_user"] == User.objects.count()
    assert {"notifications.0004_restorations", "payments.0001_initial"} <= set(content["migrations"])
