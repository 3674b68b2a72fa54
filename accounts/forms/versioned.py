"""Forms that know which version of a record they were made from."""

from django import forms
from django.http import QueryDict


class VersionedForm(forms.Form):
    """A form that knows from which version of its record it was made."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def seen_version(self) -> int:
        """Return the version the page showed; 0, which no record has, for nonsense."""
        return int(self.cleaned_data.get("version") or 0)

    def show_version(self, version: int) -> None:
        """Make the next press count from the record as it is now; what was typed stays."""
        if isinstance(self.data, QueryDict):
            typed = self.data.copy()
            typed["version"] = str(version)
            self.data = typed
        self.initial["version"] = version
