from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from grants.states import AttachmentKind


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files; each is looked at by the store."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files that arrived; an empty list is an error."""
        files = [file for file in data or [] if file]
        if not files:
            raise forms.ValidationError(_("Please choose a file."), code="required")
        return files


class UploadForm(forms.Form):
    """What kind of document, and the file."""

    kind = forms.ChoiceField(label=_("What kind of document is it?"))

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None, *, kinds: Collection[str]) -> None:
        super().__init__(data, files)
        # Not declared above: a form's `files` are what was sent.
        self.fields["files"] = ManyFilesField(
            label=_("Files"),
            help_text=_("PDF, JPG, PNG, DOCX, XLSX or ODT, up to 20 MB each. You may choose several at once."),
        )
        choices: list[tuple[str, Any]] = [(value, label) for value, label in AttachmentKind.choices if value in kinds]
        self.fields["kind"] = forms.ChoiceField(
            label=self.fields["kind"].label,
            choices=choices if len(choices) == 1 else [("", _("Please choose")), *choices],
        )
