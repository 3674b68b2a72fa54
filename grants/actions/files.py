from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import User
from grants import filestore, queries
from grants.actions.drafts import mark_edited, writable
from grants.exceptions import BadFile, NotReopened
from grants.models import Application, Attachment


def add_file(*, application: Application, by: User, kind: str, stored: filestore.Stored) -> Attachment:
    """Attach a file that lies in the store.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        NotReopened: no file of this kind is asked for now.
        BadFile: the application has as many files as it may have.
    """
    with transaction.atomic(durable=True):
        fresh = writable(application, by=by, seen_version=None)
        if kind not in queries.open_fields(fresh):
            raise NotReopened
        if queries.living_attachments(fresh).count() >= settings.UPLOAD_MAX_FILES:
            limit = {"limit": settings.UPLOAD_MAX_FILES}
            raise BadFile(_("An application holds at most %(limit)s files. Please remove one first.") % limit)
        mark_edited(fresh, by=by, fields=[kind])
        return Attachment.objects.create(
            application=fresh,
            kind=kind,
            name=stored.name,
            path=stored.path,
            size=stored.size,
            content_type=stored.content_type,
            sha256=stored.sha256,
            uploaded_by=by,
            uploaded_at=fresh.edited_at,
        )


def remove_file(*, attachment: Attachment, by: User) -> None:
    """Take a file out of the application; what was part of a sent version stays in the store.

    Raises:
        NotPermitted, AlreadySent: see `writable`.
        NotReopened: files of this kind cannot be changed now.
    """
    with transaction.atomic(durable=True):
        fresh = writable(attachment.application, by=by, seen_version=None)
        if attachment.kind not in queries.open_fields(fresh):
            raise NotReopened
        if fresh.versions.exists():
            Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=clock.now())
        else:
            path = attachment.path
            Attachment.objects.filter(pk=attachment.pk).delete()
            transaction.on_commit(lambda: filestore.remove(path), robust=True)
        mark_edited(fresh, by=by, fields=[attachment.kind])
