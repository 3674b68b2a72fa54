from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import LongTextField
from accounts.models import Organisation
from grants.models import Application


class StartForm(forms.Form):
    """In whose name to apply, and with what the draft begins."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        organisations: Sequence[Organisation],
        former: Sequence[Application] = (),
        chosen: Application | None = None,
        answered: str = "",
    ) -> None:
        """Take what can be chosen.

        Args:
            data: what was sent.
            organisations: in whose names the person may write.
            former: applications whose texts and plan may be taken over.
            chosen: the one of them for which the person came here.
            answered: what an empty form would already hold.
        """
        super().__init__(data)
        self.organisations = {organisation.pk: organisation for organisation in organisations}
        self.former = {application.pk: application for application in former}
        names = [(pk, organisation.name) for pk, organisation in self.organisations.items()]
        own = names[0][0] if len(names) == 1 else None
        self.fields["organisation"] = _radios(
            _("Who applies?"), names, _("I will tell that later"), chosen.organisation_id if chosen else own
        )
        if self.former:
            titles = [(pk, _title(application)) for pk, application in self.former.items()]
            answers = _("With an empty form and your answers: %(answers)s") % {"answers": answered}
            self.fields["former"] = _radios(
                _("With what do you begin?"),
                titles,
                answers if answered else _("With an empty form"),
                chosen.pk if chosen else "",
            )

    def chosen(self) -> Organisation | None:
        """Return the organisation, or None when it is to be told later."""
        return self.organisations.get(self.cleaned_data["organisation"])

    def taken_over(self) -> Application | None:
        """Return the application whose texts and plan begin the draft, or None for an empty form."""
        return self.former.get(self.cleaned_data.get("former") or 0)


def _title(application: Application) -> str:
    return _("Texts and plan of %(title)s (%(number)s, %(round)s)") % {
        "title": application.title,
        "number": application.case_number,
        "round": application.round.name,
    }


def _radios(label: str, rows: list[tuple[int, str]], none: str, first: int | str | None) -> forms.TypedChoiceField:
    choices: list[tuple[Any, str]] = [*rows, ("", none)]
    field = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        choices=choices,
        widget=forms.RadioSelect,
        required=False,
        label=label,
        initial=first,
    )
    field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template
    return field


class WithdrawForm(forms.Form):
    """Words to a withdrawal; nobody has to explain."""

    reason = LongTextField(max_length=1000, required=False, label=gettext_lazy("Reason"))
