"""A new round, and a later deadline for everybody."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import BerlinDateField, LongTextField, NormalisedField
from accounts.forms.versioned import VersionedForm
from accounts.models import Fund
from grants.forms.round_fields import InstantsMixin, TimeOfDayField, number, read_instant, split_instant
from grants.models import Round
from grants.next_year import day_next_year, name_next_year


class CreateRoundForm(InstantsMixin, VersionedForm):
    """A new round: what cannot be copied from the last one."""

    fund = forms.ModelChoiceField(Fund.objects.none(), label=_("Fund"), empty_label=None)
    name = NormalisedField(max_length=160, label=_("Name"), help_text=_("For instance: Förderrunde 2027."))
    budget_year = number(_("Budget year"), 2000, 2199, _("The year the money comes from."))

    field_order = ["fund", "name", "budget_year", "opens_on", "opens_time", "deadline_on", "deadline_time"]

    def __init__(self, data: Any = None, *, funds: Any, year: int) -> None:
        times = {"opens_time": time(9, 0), "deadline_time": time(23, 59)}
        super().__init__(data, initial={"budget_year": year, **times})
        self.fields["fund"].queryset = funds  # type: ignore[attr-defined]


class CopyRoundForm(InstantsMixin, VersionedForm):
    """The next round like an earlier one: what is new is proposed, on the same weekdays a year later."""

    name = NormalisedField(max_length=160, label=_("Name"))
    budget_year = number(_("Budget year"), 2000, 2199, _("The year the money comes from."))

    field_order = ["name", "budget_year", "opens_on", "opens_time", "deadline_on", "deadline_time"]

    def __init__(self, data: Any = None, *, former: Round) -> None:
        days = split_instant(former.opens_at, "opens_on", "opens_time")
        days |= split_instant(former.deadline_at, "deadline_on", "deadline_time")
        moved = {name: day_next_year(days[name]) for name in ("opens_on", "deadline_on")}
        name = name_next_year(former.name, former.budget_year)
        super().__init__(data, initial={"name": name, "budget_year": former.budget_year + 1, **days, **moved})


class ExtendRoundForm(VersionedForm):
    """A later deadline for everybody."""

    deadline_on = BerlinDateField(label=_("New deadline: day"))
    deadline_time = TimeOfDayField(label=_("New deadline: time"))
    reason = LongTextField(max_length=1000, label=_("Reason"), help_text=_("It stays in the history of the round."))

    def __init__(self, data: Any = None, *, round: Round) -> None:
        clock = split_instant(round.deadline_at, "", "deadline_time")["deadline_time"]
        super().__init__(data, initial={"version": round.version, "deadline_time": clock})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {**cleaned, "deadline_at": read_instant(self, "deadline_on", "deadline_time", whole_minute=True)}
