from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import LongTextField
from grants.forms.files import ManyFilesField, ManyFilesInput
from grants.limits import Limits

_LARGEST_KEY = 2**53


class SomeFilesField(ManyFilesField):
    """Files, or none."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files that arrived."""
        return [file for file in data or [] if file]


class MessageForm(forms.Form):
    """What somebody writes to the other side of a case."""

    last = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = LongTextField(
        label=_("Your message"),
        max_length=4000,
        error_messages={"required": _("Please write something.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None, *, limits: Limits) -> None:
        super().__init__(data, files)
        self.fields["papers"] = SomeFilesField(
            label=_("Files"),
            required=False,
            help_text=" ".join([limits.told(), gettext("You may choose several at once.")]),
            widget=ManyFilesInput({"accept": limits.accept}),
        )

    def seen(self) -> int:
        """Return the key of the last message on the page; 0 for none, or for nonsense."""
        last = int(self.cleaned_data.get("last") or 0)
        return last if 0 < last < _LARGEST_KEY else 0
