"""Reads of the papers that organisations keep, and of files that wait for the virus scanner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Min, QuerySet

from accounts.models import Organisation
from grants.models import Application, Attachment, CaseMessageFile, Import, OrganisationDocument, StoredFile
from grants.queries import files_of
from grants.states import OWN_PAPERS, Scan

# Every record that names a file somebody sent.
SENT_FILES: Final[tuple[type[StoredFile], ...]] = (Attachment, OrganisationDocument, CaseMessageFile, Import)


def papers_of(organisation: Organisation) -> QuerySet[OrganisationDocument]:
    """Return the papers that an organisation keeps, by kind and newest first."""
    return OrganisationDocument.objects.filter(organisation=organisation, removed_at=None).order_by("kind", "-pk")


@dataclass(frozen=True)
class Papers:
    """The papers of an organisation beside the files of an application of its own.

    Attributes:
        offered: may be attached now.
        unkept: numbers of the files that the organisation could keep for its next application.
        expired: kinds of which only papers are kept that do not hold any more.
    """

    offered: list[OrganisationDocument]
    unkept: set[int]
    expired: set[str]


def papers_for(application: Application, *, kinds: list[str], on: date) -> Papers:
    """Return what the organisation keeps for this application, and what it could keep of it (one query).

    Args:
        application: with its files.
        kinds: which kinds of files are open.
        on: the day on which a paper must hold.
    """
    # What an organisation keeps for itself is not the office's to look through.
    if application.organisation is None or application.on_behalf:
        return Papers([], set(), set())
    known = list(papers_of(application.organisation).exclude(scan=Scan.INFECTED))
    files = files_of(application)
    attached, kept = set(map(_same, files)), set(map(_same, known))
    holding = [paper for paper in known if holds(paper, on)]
    return Papers(
        [paper for paper in holding if paper.kind in kinds and _same(paper) not in attached],
        {file.pk for file in files if file.kind in OWN_PAPERS and file.shown and _same(file) not in kept},
        {paper.kind for paper in known} - {paper.kind for paper in holding},
    )


def _same(file: Attachment | OrganisationDocument) -> tuple[str, str]:
    """Return by what two files are known to be the same paper."""
    return file.kind, file.sha256


def holds(paper: OrganisationDocument, on: date) -> bool:
    """Tell whether a paper is still valid on a day; its last day counts."""
    return paper.expires_on is None or on <= paper.expires_on


@dataclass(frozen=True)
class Quarantine:
    """How many files wait for the virus scanner, and how long the oldest has waited."""

    waiting: int
    oldest_seconds: float


def quarantine(now: datetime) -> Quarantine:
    """Return how much waits for the virus scanner (one query)."""
    waiting = [model._default_manager.filter(scan=Scan.WAITING).order_by().values_list("scan") for model in SENT_FILES]
    first, *others = [rows.annotate(Count("pk"), Min("uploaded_at")) for rows in waiting]
    found = list(first.union(*others, all=True))
    since = min((oldest for _scan, _count, oldest in found), default=now)
    return Quarantine(sum(count for _scan, count, _oldest in found), max(0.0, (now - since).total_seconds()))


def in_quarantine(most: int) -> Iterator[StoredFile]:
    """Return files that the virus scanner has not seen, oldest first, so many of each record at most."""
    for model in SENT_FILES:
        yield from model._default_manager.filter(scan=Scan.WAITING).order_by("pk")[:most]
