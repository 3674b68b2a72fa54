from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.exceptions import NotPermitted
from accounts.models import User
from grants import filestore, queries
from grants.actions.drafts import mark_edited, writable
from grants.exceptions import BadFile, NotReopened
from grants.models import Application, Attachment, OrganisationDocument
from grants.states import Scan


def add_file(
    *,
    application: Application,
    by: User,
    kind: str,
    stored: filestore.Stored,
    source: OrganisationDocument | None = None,
) -> Attachment:
    """Attach a file that lies in the store. The same file sent twice is attached once.

    Args:
        application: as the page saw it.
        by: who attaches it.
        kind: what it is.
        stored: the file.
        source: the organisation's own paper of which it is a twin.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        NotReopened: no file of this kind is asked for now.
        BadFile: the application has as many files as it may have.
    """
    with transaction.atomic(durable=True):
        fresh = _open_for(application, by, kind)
        if source is not None and source.organisation_id != fresh.organisation_id:
            raise NotPermitted
        living = list(queries.living_attachments(fresh))
        twin = next((file for file in living if _is_same(file, kind, stored)), None)
        if twin is not None:
            transaction.on_commit(lambda: filestore.remove(stored.path), robust=True)
            return twin
        if len(living) >= settings.UPLOAD_MAX_FILES:
            limit = {"limit": settings.UPLOAD_MAX_FILES}
            raise BadFile(_("An application holds at most %(limit)s files. Please remove one first.") % limit)
        mark_edited(fresh, by=by, fields=[kind])
        return _attached(fresh, by, kind, stored, source)


def replace_file(*, attachment: Attachment, by: User, stored: filestore.Stored) -> Attachment:
    """Put a newer file in the place of one that is attached.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        NotReopened: files of this kind cannot be changed now.
    """
    with transaction.atomic(durable=True):
        fresh = _open_for(attachment.application, by, attachment.kind)
        mark_edited(fresh, by=by, fields=[attachment.kind])
        _take_out(fresh, attachment)
        return _attached(fresh, by, attachment.kind, stored, None)


def remove_file(*, attachment: Attachment, by: User) -> None:
    """Take a file out of the application; what was part of a sent version stays in the store.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        NotReopened: files of this kind cannot be changed now.
    """
    with transaction.atomic(durable=True):
        fresh = _open_for(attachment.application, by, attachment.kind)
        _take_out(fresh, attachment)
        mark_edited(fresh, by=by, fields=[attachment.kind])


def _is_same(file: Attachment, kind: str, stored: filestore.Stored) -> bool:
    return file.kind == kind and file.sha256 == stored.sha256 and file.scan != Scan.INFECTED


def _open_for(application: Application, by: User, kind: str) -> Application:
    fresh = writable(application, by=by, seen_version=None)
    if kind not in queries.open_fields(fresh):
        raise NotReopened
    return fresh


def _attached(
    fresh: Application, by: User, kind: str, stored: filestore.Stored, source: OrganisationDocument | None
) -> Attachment:
    row = stored.row(by=by, at=fresh.edited_at)
    return Attachment.objects.create(application=fresh, kind=kind, source=source, **row)


def _take_out(fresh: Application, attachment: Attachment) -> None:
    if fresh.versions.exists():
        Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=clock.now())
        return
    path = attachment.path
    Attachment.objects.filter(pk=attachment.pk).delete()
    transaction.on_commit(lambda: filestore.remove(path), robust=True)
