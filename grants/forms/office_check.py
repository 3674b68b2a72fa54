from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.fields import BerlinDateField, LongTextField
from accounts.forms.versioned import VersionedForm
from grants.checklist import ITEMS, Answer
from grants.forms.round_fields import boxes
from grants.models import Application, DocumentRequest, FormalCheck
from grants.sections import FIELDS, Section
from grants.states import ASKED_PAPERS
from grants.words import heading_of

_ITEM = "item_"
_MANDATORY_ANSWERS = [(answer.value, answer.label) for answer in (Answer.YES, Answer.NO)]


class CheckForm(VersionedForm):
    """The checklist with its notes. Nothing is required: it is kept in any state, acceptance asks for the rest."""

    costs_note = LongTextField(
        max_length=4000,
        required=False,
        label=_("Note on necessity and adequacy of the costs"),
        help_text=_("Which positions did you look at, and why are they needed and adequate?"),
    )
    note = LongTextField(max_length=4000, required=False, label=_("Other notes"))

    def __init__(self, data: Any = None, *, check: FormalCheck) -> None:
        answers = {f"{_ITEM}{code}": answer for code, answer in check.answers.items()}
        initial = answers | {"costs_note": check.costs_note, "note": check.note, "version": check.version}
        super().__init__(data, initial=initial)
        for item in ITEMS:
            self.fields[f"{_ITEM}{item.code}"] = forms.ChoiceField(
                label=item.question,
                choices=_MANDATORY_ANSWERS if item.mandatory else Answer.choices,
                widget=forms.RadioSelect,
                required=False,
            )
        for field in self.fields.values():
            field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template

    def mandatory_items(self) -> Iterator[BoundField]:
        """Yield the questions without whose "yes" no grant is possible."""
        return (self[f"{_ITEM}{item.code}"] for item in ITEMS if item.mandatory)

    def other_items(self) -> Iterator[BoundField]:
        """Yield the other questions."""
        return (self[f"{_ITEM}{item.code}"] for item in ITEMS if not item.mandatory)

    def answers(self) -> dict[str, str]:
        """Return the answers given, by code."""
        found = {item.code: self.cleaned_data.get(f"{_ITEM}{item.code}", "") for item in ITEMS}
        return {code: answer for code, answer in found.items() if answer}

    def mark(self, codes: list[str]) -> None:
        """Show at each open item that it stands against acceptance."""
        for code in codes:
            if code == "costs_note":
                self.add_error("costs_note", _("Please write why the costs are needed and adequate."))
            else:
                self.add_error(
                    f"{_ITEM}{code}", _("As long as this is open or answered “no”, the application cannot be accepted.")
                )


_OPEN = "open_"
# The office cannot hand a case to another organisation or tie it to another one.
_NEVER_OPEN = ("organisation", "follows")


def _choices(section: Section) -> list[tuple[str, Any]]:
    """Return what of a page of the form can be reopened; the plan only as a whole."""
    if section == Section.PLAN:
        return [(section.value, _("The whole cost and financing plan"))]
    if section == Section.FILES:
        return [*ASKED_PAPERS]
    return [(name, heading_of(Application, name)) for name in FIELDS[section] if name not in _NEVER_OPEN]


class DocumentsForm(VersionedForm):
    """What the applicant is asked for, and until when."""

    message = LongTextField(
        max_length=4000,
        label=_("What is missing or must be changed?"),
        help_text=_("The applicant reads this text word by word. Please write short sentences."),
    )
    due_date = BerlinDateField(label=_("Last day"))

    def __init__(self, data: Any = None, *, version: int, due_date: date) -> None:
        super().__init__(data, initial={"version": version, "due_date": due_date})
        for section in (Section.FILES, *(s for s in Section if s != Section.FILES)):
            field = boxes(section.label, _choices(section), required=False)
            field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template
            self.fields[f"{_OPEN}{section}"] = field

    def text_fields(self) -> list[BoundField]:
        """Return the fields above the choices."""
        return [self["message"], self["due_date"]]

    def choices(self) -> list[BoundField]:
        """Return what can be opened, page by page of the form; the files, which most often lack, first."""
        return [self[name] for name in self.fields if name.startswith(_OPEN)]

    def opened(self) -> list[str]:
        """Return the names of what was chosen."""
        return [name for key, names in self.cleaned_data.items() if key.startswith(_OPEN) for name in names]

    def clean(self) -> dict[str, Any]:
        """Something must be open, or the applicant could not answer."""
        cleaned = super().clean() or self.cleaned_data
        tried = any(name in self.errors for name in self.fields if name.startswith(_OPEN))
        if not self.opened() and not tried:
            self.add_error(f"{_OPEN}{Section.FILES}", _("Choose at least one entry or document."))
        return cleaned


class ExtendForm(VersionedForm):
    """More time for what was asked for."""

    due_date = BerlinDateField(label=_("New last day"))
    reason = LongTextField(max_length=1000, label=_("Reason"), help_text=_("It stays in the history of the case."))

    def __init__(self, data: Any = None, *, version: int, request: DocumentRequest) -> None:
        super().__init__(data, initial={"version": version})
        day = days.day(request.due_date)
        self.fields["due_date"].help_text = _("Until now it was %(day)s.") % {"day": day}


class ReasonForm(VersionedForm):
    """The reason for a step."""

    reason = LongTextField(max_length=4000, label=_("Reason"))

    def __init__(self, data: Any = None, *, version: int, help_text: Any = "") -> None:
        super().__init__(data, initial={"version": version})
        self.fields["reason"].help_text = help_text


class ConfirmForm(VersionedForm):
    """A note for the author, needed to decline."""

    note = LongTextField(
        max_length=2000, required=False, label=_("Note for the author"), help_text=_("Needed if you do not confirm.")
    )

    def __init__(self, data: Any = None, *, version: int) -> None:
        super().__init__(data, initial={"version": version})
        self.fields["note"].hide_optional = True  # type: ignore[attr-defined]  # read by the field's template
