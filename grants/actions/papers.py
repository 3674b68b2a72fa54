from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.models import Organisation, User
from accounts.permissions import forget_memberships, may_edit_for
from grants import filestore, papers
from grants.exceptions import BadFile
from grants.models import Attachment, OrganisationDocument


def keep_paper(
    *,
    organisation: Organisation,
    by: User,
    kind: str,
    issued_on: date | None,
    expires_on: date | None,
    stored: filestore.Stored,
    attachment: Attachment | None = None,
) -> OrganisationDocument:
    """Keep a paper of an organisation for all its applications. The same file kept twice stays one, with the new dates.

    Args:
        organisation: whose paper it is.
        by: who keeps it; writes for the organisation.
        kind: what it is.
        issued_on: the date that stands on it, if any.
        expires_on: the last day on which it holds, if it ends at all.
        stored: the file.
        attachment: the file of an application of which this is a twin: from now on the paper's dates count for it.

    Raises:
        NotPermitted: the person does not write for the organisation.
        BadFile: the organisation keeps as many papers as it may.
    """
    with transaction.atomic(durable=True):
        locked = _writable(organisation, by)
        made = papers.papers_of(locked).filter(kind=kind, sha256=stored.sha256).first()
        if made is None:
            made = _made(locked, by=by, kind=kind, issued_on=issued_on, expires_on=expires_on, stored=stored)
        else:
            transaction.on_commit(lambda: filestore.remove(stored.path), robust=True)
            _date(made, by=by, issued_on=issued_on, expires_on=expires_on)
        if attachment is not None:
            Attachment.objects.filter(pk=attachment.pk).update(source=made)
        return made


def _made(
    organisation: Organisation, *, by: User, stored: filestore.Stored, **words: str | date | None
) -> OrganisationDocument:
    if papers.papers_of(organisation).count() >= settings.UPLOAD_MAX_FILES:
        limit = {"limit": settings.UPLOAD_MAX_FILES}
        raise BadFile(_("An organisation keeps at most %(limit)s papers. Please remove one first.") % limit)
    made = OrganisationDocument.objects.create(organisation=organisation, **words, **stored.row(by=by, at=clock.now()))
    audit.record("keep_paper", organisation, by=by, data={"name": made.name})
    return made


def date_paper(*, paper: OrganisationDocument, by: User, issued_on: date | None, expires_on: date | None) -> None:
    """Correct the dates of a paper, also for the drafts to which it is attached.

    Raises:
        NotPermitted: the person does not write for the organisation.
    """
    with transaction.atomic(durable=True):
        _writable(paper.organisation, by)
        _date(paper, by=by, issued_on=issued_on, expires_on=expires_on)


def _date(paper: OrganisationDocument, *, by: User, issued_on: date | None, expires_on: date | None) -> None:
    if (paper.issued_on, paper.expires_on) != (issued_on, expires_on):
        paper.issued_on, paper.expires_on = issued_on, expires_on
        paper.save(update_fields=["issued_on", "expires_on"])
        audit.record("date_paper", paper.organisation, by=by, data={"name": paper.name})


def remove_paper(*, paper: OrganisationDocument, by: User) -> None:
    """Take a paper away; applications to which it was attached keep their own.

    Raises:
        NotPermitted: the person does not write for the organisation.
    """
    with transaction.atomic(durable=True):
        locked = _writable(paper.organisation, by)
        rows = OrganisationDocument.objects.filter(pk=paper.pk, removed_at=None)
        if rows.update(removed_at=clock.now()):
            audit.record("remove_paper", locked, by=by, data={"name": paper.name})


def _writable(organisation: Organisation, by: User) -> Organisation:
    locked = audit.locked(organisation)
    forget_memberships(by)
    if not may_edit_for(by, locked.pk):
        raise NotPermitted
    return locked
