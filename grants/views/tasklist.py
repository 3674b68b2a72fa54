"""The steps of a draft as a list of tasks: what is done, what is begun, what is missing, what is left to the person."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from grants import queries, rules
from grants.models import Application
from grants.sections import FIELDS, Section


@dataclass(frozen=True)
class Task:
    """A step of the form in the list of steps: done, started, open (nothing there yet), or optional."""

    title: str
    href: str
    status: str
    hint: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the application waits for it."""
        return self.status in ("open", "started")


def tasks(draft: rules.Draft, problems: list[rules.Problem], *, may_edit: bool) -> list[Task]:
    """Return the steps of the form with what is missing in each."""
    return [_task(draft, section, problems, may_edit) for section in Section]


def _task(draft: rules.Draft, section: Section, problems: list[rules.Problem], may_edit: bool) -> Task:
    count = sum(problem.section == section for problem in problems)
    status, hint = _status(draft, section, count)
    return Task(str(section.label), address_of(draft.application, section) if may_edit else "", status, hint)


def _status(draft: rules.Draft, section: Section, count: int) -> tuple[str, str]:
    begun = is_begun(draft.application, section)
    if section == Section.FILES and draft.organisation is None:
        return "started" if begun else "open", _("Which documents are needed depends on your organisation")
    if count:
        many = _("%(count)s entries are missing or need a look") % {"count": count}
        return "started" if begun else "open", many if count > 1 else _("One entry is missing or needs a look")
    if section == Section.FILES and not begun:
        return "optional", _("Nothing is needed here; documents that help to understand the project are welcome")
    return "done", ""


def address_of(application: Application, section: Section) -> str:
    """Return the address of a step."""
    if section == Section.FILES:
        return reverse("grants:files", args=[application.pk])
    return reverse("grants:section", args=[application.pk, section.value])


# Filled in by us, or chosen beforehand: no sign that somebody began.
_PREFILLED = {
    "executing_unit", "executing_unit_address", "contact_name", "contact_email", "contact_phone", "contact_language",
    "organisation", "bank_account", "first_application",
}  # fmt: skip


def is_begun(draft: Application, section: Section) -> bool:
    """Tell whether the person entered something on this page."""
    if section == Section.PLAN:
        return bool(draft.cost_cents or draft.funding_cents or draft.requested_cents)
    if section == Section.FILES:
        return bool(queries.files_of(draft))
    return any(getattr(draft, name) not in ("", None, False) for name in FIELDS[section] if name not in _PREFILLED)
