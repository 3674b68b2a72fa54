"""Bodies of a fund, their members and sessions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import BerlinDateField, NormalisedField
from accounts.forms.versioned import VersionedForm
from accounts.models import Fund, User
from grants.forms.round_fields import TimeOfDayField, choice, switch
from grants.models import Body, BodyMember, BodySession
from grants.states import BodyKind, SeatKind


class BodyEntryForm(VersionedForm):
    """The name and kind of a body."""

    fund = forms.ModelChoiceField(Fund.objects.none(), label=_("Fund"), empty_label=None)
    name = NormalisedField(max_length=120, label=_("Name"), help_text=_("Letters and the public page name it."))
    kind = choice(_("Kind"), BodyKind.choices)

    def __init__(self, data: Any = None, *, funds: Any, body: Body | None = None) -> None:
        initial = {"name": body.name, "kind": body.kind, "version": body.version} if body else {}
        super().__init__(data, initial=initial)
        self.body = body
        if body is not None:
            del self.fields["fund"]
        else:
            self.fields["fund"].queryset = funds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        fund = self.body.fund if self.body else cleaned.get("fund")
        same = Body.objects.filter(fund=fund, name=cleaned.get("name")) if fund else Body.objects.none()
        if same.exclude(pk=self.body.pk if self.body else 0).exists():
            self.add_error("name", _("There is already a body of this name."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the body keeps."""
        return {name: self.cleaned_data[name] for name in ("name", "kind")}


class BodyMemberForm(VersionedForm):
    """Who sits in a body, in what quality, from when to when."""

    name = NormalisedField(max_length=120, label=_("Name"))
    email = forms.EmailField(
        required=False,
        label=_("E-mail address of the account"),
        help_text=_("Only if the person has an account here. Federations can then name the person as well."),
    )
    kind = choice(_("Kind of member"), SeatKind.choices)
    deputy_of = forms.ModelChoiceField(
        BodyMember.objects.none(), required=False, label=_("Stands in for"), empty_label=_("nobody: a seat of its own")
    )
    starts_on = BerlinDateField(label=_("From"))
    ends_on = BerlinDateField(required=False, label=_("Until"), help_text=_("Last day. Empty: without end."))

    def __init__(self, data: Any = None, *, body: Body, member: BodyMember | None = None) -> None:
        super().__init__(data, initial=_initial(member))
        others = body.members.filter(deputy_of=None).exclude(pk=member.pk if member else 0)
        self.fields["deputy_of"].queryset = others  # type: ignore[attr-defined]
        self.person: User | None = None

    def clean_email(self) -> str:
        """Find the account; say that there is none."""
        email = str(self.cleaned_data["email"]).strip().lower()
        self.person = User.objects.filter(email=email, is_active=True).first() if email else None
        if email and self.person is None:
            raise forms.ValidationError(_("Nobody with this address has an account here. Leave the field empty."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the seat keeps."""
        names = ("name", "kind", "deputy_of", "starts_on", "ends_on")
        return {name: self.cleaned_data[name] for name in names} | {"person": self.person}


def _initial(member: BodyMember | None) -> dict[str, Any]:
    if member is None:
        return {}
    names = ("name", "kind", "deputy_of", "starts_on", "ends_on", "version")
    return {name: getattr(member, name) for name in names} | {"email": member.person.email if member.person else ""}


class BodySessionForm(VersionedForm):
    """When and where a body meets."""

    on = BerlinDateField(label=_("Day"))
    starts_at = TimeOfDayField(required=False, label=_("Begins at"))
    place = NormalisedField(max_length=160, required=False, label=_("Place"))
    is_public = switch(_("The session is public"), _("Then the public page of a round names time and place as well."))
    is_cancelled = switch(
        _("The session is cancelled"), _("Rounds that wait for it show again that their day is not set.")
    )

    def __init__(self, data: Any = None, *, body: Body, session: BodySession | None = None) -> None:
        names = ("on", "starts_at", "place", "is_public", "is_cancelled", "version")
        initial = {name: getattr(session, name) for name in names} if session else {"is_public": True}
        super().__init__(data, initial=initial)
        self._others = body.sessions.exclude(pk=session.pk if session else 0)
        if session is None:
            del self.fields["is_cancelled"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        on = cleaned.get("on")
        if on and not cleaned.get("is_cancelled") and self._others.filter(on=on, is_cancelled=False).exists():
            self.add_error("on", _("There is already a session on this day."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the session keeps."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
