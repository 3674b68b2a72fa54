"""The filters of the public list of awards."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import NormalisedField
from accounts.text import search_key

_MOST_WORDS = 8


class PublishedFilterForm(forms.Form):
    """Words and a year. What cannot be read filters nothing, so an old address still works."""

    q = NormalisedField(
        max_length=200,
        required=False,
        label=_("Organisation, project or town"),
        widget=forms.TextInput({"type": "search"}),
    )
    year = forms.TypedChoiceField(required=False, label=_("Year"), coerce=int, empty_value=None)

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [("", _("all")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]  # a choice field
        for field in self.fields.values():
            field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template

    @property
    def words(self) -> list[str]:
        """The words that were asked for, as they are searched."""
        self.is_valid()
        return search_key(self.cleaned_data.get("q", "")).split()[:_MOST_WORDS]

    @property
    def chosen_year(self) -> int | None:
        """The year that was asked for."""
        self.is_valid()
        year: int | None = self.cleaned_data.get("year")
        return year

    def condition(self) -> Q:
        """Return what an award must meet."""
        return self._asked("application__round__budget_year", "application__search_key__contains")

    def former_condition(self) -> Q:
        """Return what a former award must meet."""
        return self._asked("budget_year", "search_key__contains")

    def _asked(self, year: str, words: str) -> Q:
        wanted = Q() if self.chosen_year is None else Q((year, self.chosen_year))
        for word in self.words:
            wanted &= Q((words, word))
        return wanted
