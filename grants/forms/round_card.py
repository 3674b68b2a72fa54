"""What the cards of a round's settings share."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.versioned import VersionedForm
from grants.models import Round


class CardForm(VersionedForm):
    """One card; its plain fields carry the names of the record's."""

    title: ClassVar[Promise]
    lead: ClassVar[Promise] = _("Change what this round needs; it is fixed when the round is published.")

    # What of the consequences the person has seen before they save.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)

    def __init__(self, data: Any = None, *, round: Round) -> None:
        self.round = round
        super().__init__(data)
        names = [name for name in self.fields if hasattr(round, name)]
        self.initial = {name: getattr(round, name) for name in names} | self.read(round)
        self.initial["version"] = round.version

    def read(self, round: Round) -> dict[str, Any]:
        """Return initial values of fields that are no field of the record."""
        return {}

    def values(self) -> dict[str, Any]:
        """Return the settings to save, by name of the record's field."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "seen")}

    def show_seen(self, token: str) -> None:
        """Make the next press know what the person has seen; what was typed stays."""
        if isinstance(self.data, QueryDict):
            typed = self.data.copy()
            typed["seen"] = token
            self.data = typed
