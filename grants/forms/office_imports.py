"""The forms of an import: the file, which column is which, and the order to write."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.versioned import VersionedForm
from grants.forms.files import OneFileField
from grants.imports.columns import COLUMNS
from grants.imports.table import letter
from grants.limits import LISTS
from grants.models import Import
from grants.states import ImportKind

_COLUMN = "column_"


class ListForm(forms.Form):
    """The list as a file."""

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        super().__init__(data, files)
        # Not declared above: its help is told in the language of the page.
        self.fields["file"] = OneFileField(LISTS, label=_("Your list"))


class ColumnsForm(VersionedForm):
    """Which column of the file is which; what was guessed is chosen already."""

    def __init__(self, data: Any = None, *, batch: Import) -> None:
        known = {f"{_COLUMN}{name}": str(place) for name, place in batch.mapping.items()}
        super().__init__(data, initial={"version": batch.version, **known})
        choices = [
            ("", gettext("not in the file")),
            *(_choice(place, told) for place, told in enumerate(batch.headings)),
        ]
        # First what no list can do without, then what was recognised, last what is probably not there.
        for column in sorted(COLUMNS[batch.kind], key=lambda one: (not one.required, one.name not in batch.mapping)):
            self.fields[f"{_COLUMN}{column.name}"] = forms.ChoiceField(
                label=column.label,
                help_text=column.help,
                choices=choices,
                required=column.required,
                error_messages={"required": _("Choose the column in which this stands. No row can do without it.")},
            )

    def mapping(self) -> dict[str, int]:
        """Return the place of each column that stands in the file."""
        fields = self.cleaned_data.items()
        return {name.removeprefix(_COLUMN): int(place) for name, place in fields if name.startswith(_COLUMN) and place}

    def clean(self) -> dict[str, Any]:
        """One column of the file is not two things."""
        cleaned = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for name in [name for name in self.fields if name.startswith(_COLUMN)]:
            place = cleaned.get(name)
            if place and place in taken:
                other = self.fields[taken[place]].label
                self.add_error(name, gettext("This column is chosen for “%(other)s” already.") % {"other": other})
            elif place:
                taken[place] = name
        return cleaned


def _choice(place: int, told: list[Any]) -> tuple[str, str]:
    heading, samples = told
    name = heading or pgettext("column of a list", "without heading")
    text = f"{letter(place)}: {name}"
    return str(place), f"{text} ({', '.join(samples)})" if samples else text


class OrderForm(VersionedForm):
    """The order to write what was checked."""

    with_changed = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, batch: Import) -> None:
        super().__init__(data, initial={"version": batch.version})
        if not batch.counts.get("changed"):
            del self.fields["with_changed"]
            return
        field = self.fields["with_changed"]
        field.required = True
        field.label = _LABELS[batch.kind]
        field.error_messages["required"] = _("Please decide: tick this, or mend the rows in your list.")

    def takes_changed(self) -> bool:
        """Tell whether the person goes on in spite of changed rows."""
        return bool(self.cleaned_data.get("with_changed"))


_LABELS: Mapping[str, Any] = {
    ImportKind.APPLICATIONS: _("Leave the changed rows out: the cases stay as they are"),
    ImportKind.AWARDS: _("Take over the changes: the former awards are corrected"),
}
