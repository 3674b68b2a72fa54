"""The parts of the application form: which fields stand where, and what a request for documents reopens."""

from collections.abc import Iterable
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.states import AttachmentKind


class Section(models.TextChoices):
    """One page of the form; the value stands in its address."""

    APPLICANT = "applicant", _("Organisation and contact")
    PROJECT = "project", _("Project in short")
    CONTENT = "content", _("Aims and activities")
    EFFECT = "effect", _("People and effect")
    PLAN = "plan", _("Costs and financing")
    FILES = "files", _("Attachments")
    DECLARATIONS = "declarations", _("Declarations")


FIELDS: Final[dict[Section, tuple[str, ...]]] = {
    Section.APPLICANT: (
        "organisation",
        "executing_unit",
        "executing_unit_address",
        "contact_name",
        "contact_email",
        "contact_phone",
        "contact_language",
        "bank_account",
        "first_application",
    ),
    Section.PROJECT: (
        "title",
        "municipality",
        "places",
        "starts_on",
        "ends_on",
        "summary",
        "priority",
        "follows",
    ),
    Section.CONTENT: (
        "aims",
        "activities",
        "target_groups",
        "planned_participants",
    ),
    Section.EFFECT: (
        "participation",
        "partners",
        "innovation",
        "lasting",
        "publicity",
    ),
    Section.PLAN: ("cost_lines", "funding_lines", "requested_cents", "smallest_cents"),
    Section.FILES: tuple(AttachmentKind.values),
    Section.DECLARATIONS: (
        "not_begun",
        "financing_secured",
        "no_double_funding",
        "truthful",
        "privacy_read",
        "electronic_announcement",
        "publication_consent",
    ),
}

ALL_FIELDS: Final = frozenset(name for names in FIELDS.values() for name in names)
PLAN_FIELDS: Final = frozenset(FIELDS[Section.PLAN])


def section_of(field: str) -> Section:
    """Return the page on which a field or a kind of attachment stands. Raises: KeyError."""
    for section, names in FIELDS.items():
        if field in names:
            return section
    raise KeyError(field)


def expand(names: Iterable[str]) -> frozenset[str]:
    """Return the fields behind names of sections, fields and kinds of attachments; unknown names fall away.

    The plan opens as a whole, because its parts balance each other.
    """
    found: set[str] = set()
    for name in names:
        found |= set(FIELDS[Section(name)]) if name in Section.values else {name}
    if found & PLAN_FIELDS:
        found |= PLAN_FIELDS
    return frozenset(found & ALL_FIELDS)
