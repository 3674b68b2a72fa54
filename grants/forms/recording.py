"""Forms for what came on paper, by phone or in person."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.fields import BerlinDateField, LongTextField, NormalisedField
from accounts.forms.versioned import VersionedForm
from grants.forms.round_fields import TimeOfDayField, read_instant, split_instant
from grants.models import Application, Round
from grants.states import RECORDED

_DAY, _TIME = "received_on", "received_time"


class FindOrganisationForm(forms.Form):
    """Words by which an organisation is found."""

    q = NormalisedField(
        label=_("Organisation"),
        max_length=80,
        required=False,
        help_text=_("Name, town or register number, for instance VR 1234."),
        widget=forms.SearchInput,
    )


class ReceiptForm(VersionedForm):
    """How an application came, and when; `received_at` of the cleaned data is the instant."""

    channel = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(channel.value, channel.label) for channel in RECORDED],
        widget=forms.RadioSelect,
    )
    received_on = BerlinDateField(
        label=_("Day of receipt"), help_text=_("The day on the stamp, of the mail or of the talk; not today's.")
    )
    received_time = TimeOfDayField(
        label=_("Time of receipt"),
        help_text=_("If only the day is known, enter 00:00: nobody is late for want of a stamp."),
    )

    def __init__(
        self, data: Any = None, *, rounds: "QuerySet[Round] | None" = None, application: Application | None = None
    ) -> None:
        """Take the rounds to choose from, or the draft whose receipt is mended."""
        super().__init__(data, initial=_of(application) if application else {})
        if rounds is not None:
            self.fields["round"] = forms.ModelChoiceField(rounds, label=_("Round"), empty_label=_("Please choose"))
            self.order_fields(["round"])
            only = list(rounds[:2])
            self.initial["round"] = only[0].pk if len(only) == 1 else None

    def clean(self) -> dict[str, Any]:
        """Join day and time; nothing comes later than now."""
        cleaned = super().clean() or self.cleaned_data
        received_at = read_instant(self, _DAY, _TIME, whole_minute=False)
        if received_at is not None and received_at > clock.now():
            self.add_error(_DAY, _("It cannot have been received later than now."))
        return {**cleaned, "received_at": received_at}


def _of(application: Application) -> dict[str, Any]:
    known: dict[str, Any] = {"channel": application.channel, "version": application.version}
    return known | (split_instant(application.received_at, _DAY, _TIME) if application.received_at else {})


class RecordForm(VersionedForm):
    """How it came, in the words of who records it."""

    reason = LongTextField(
        max_length=2000,
        label=_("Note on the receipt"),
        help_text=_(
            "How it came, who gave it, what was said. With an application by phone or in person this note stands"
            " for the original."
        ),
    )

    def __init__(self, data: Any = None, *, version: int) -> None:
        super().__init__(data, initial={"version": version})
