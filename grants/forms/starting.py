from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LongTextField
from accounts.models import Organisation


class StartForm(forms.Form):
    """In whose name to apply."""

    organisation = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, organisations: Sequence[Organisation]) -> None:
        super().__init__(data)
        self.organisations = {organisation.pk: organisation for organisation in organisations}
        choices: list[tuple[Any, Any]] = [(pk, organisation.name) for pk, organisation in self.organisations.items()]
        self.fields["organisation"] = forms.TypedChoiceField(
            coerce=int,
            empty_value=None,
            choices=[*choices, ("", _("I will tell that later"))],
            widget=forms.RadioSelect,
            required=False,
            label=_("Who applies?"),
            initial=choices[0][0] if len(choices) == 1 else None,
        )
        self.fields["organisation"].hide_optional = True  # type: ignore[attr-defined]

    def chosen(self) -> Organisation | None:
        """Return the organisation, or None when it is to be told later."""
        return self.organisations.get(self.cleaned_data["organisation"])


class WithdrawForm(forms.Form):
    """Words to a withdrawal; nobody has to explain."""

    reason = LongTextField(max_length=1000, required=False, label=_("Reason"))
