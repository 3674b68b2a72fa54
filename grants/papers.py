"""Reads of the papers that organisations keep, and of files that wait for the virus scanner."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from django.db.models import QuerySet

from accounts.models import Organisation
from grants.models import Application, Attachment, CaseMessageFile, OrganisationDocument, StoredFile
from grants.queries import files_of
from grants.states import Scan

# Every record that names a file somebody sent.
SENT_FILES: Final[tuple[type[StoredFile], ...]] = (Attachment, OrganisationDocument, CaseMessageFile)


def papers_of(organisation: Organisation) -> QuerySet[OrganisationDocument]:
    """Return the papers that an organisation keeps, by kind and newest first."""
    return OrganisationDocument.objects.filter(organisation=organisation, removed_at=None).order_by("kind", "-pk")


def papers_for(application: Application, *, kinds: list[str], on: date) -> list[OrganisationDocument]:
    """Return the papers that may be attached to an application now: in force, of these kinds, not attached yet.

    Args:
        application: with its files.
        kinds: which kinds of files are open.
        on: the day on which they must hold.
    """
    if application.organisation is None:
        return []
    attached = {(file.kind, file.sha256) for file in files_of(application)}
    known = papers_of(application.organisation).filter(kind__in=kinds).exclude(scan=Scan.INFECTED)
    return [paper for paper in known if holds(paper, on) and (paper.kind, paper.sha256) not in attached]


def holds(paper: OrganisationDocument, on: date) -> bool:
    """Tell whether a paper is still valid on a day; its last day counts."""
    return paper.expires_on is None or on <= paper.expires_on


def in_quarantine(most: int) -> Iterator[StoredFile]:
    """Return files that the virus scanner has not seen, oldest first, so many of each record at most."""
    for model in SENT_FILES:
        yield from model._default_manager.filter(scan=Scan.WAITING).order_by("pk")[:most]
