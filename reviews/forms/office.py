"""Forms of the coordinator: seats, federations, assignment, start and end of scoring, papers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import BerlinDateField, LongTextField, NormalisedField, RowsField
from accounts.forms.versioned import VersionedForm
from accounts.models import AffiliationGroup, Fund, Organisation, User
from grants.models import Application, Round
from reviews.models import Juror

SEATS = [
    ("member", _("Member")),
    ("chair", _("Chair")),
    ("deputy", _("Deputy of the chair")),
    ("stand_in", _("Stand-in")),
]


class AppointForm(forms.Form):
    """A seat for somebody who has an account; found by e-mail address."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The person needs an account. Invite them first if there is none.")
    )
    seat = forms.ChoiceField(label=_("Seat"), choices=SEATS, widget=forms.RadioSelect, initial="member")

    def clean_email(self) -> str:
        """Find the person."""
        email = str(self.cleaned_data["email"]).strip().lower()
        self.user = User.objects.filter(email=email, is_active=True).first()
        if self.user is None:
            raise forms.ValidationError(gettext("Nobody with this address has an account."))
        return email

    def seat_flags(self) -> dict[str, bool]:
        """Return the marks of the seat."""
        seat = self.cleaned_data["seat"]
        return {"chairs": seat == "chair", "deputy_chair": seat == "deputy", "stand_in": seat == "stand_in"}


class GroupForm(VersionedForm):
    """A federation: name, organisations, people (one address a line)."""

    fund = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.none())
    name = NormalisedField(label=_("Name of the federation"), max_length=160)
    organisations = RowsField(Organisation.objects.none(), label=_("Organisations"), required=False)
    people = LongTextField(
        label=_("People"), max_length=4000, required=False,
        help_text=_("One e-mail address per line, of people who have an account."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any = None,
        *,
        funds: QuerySet[Fund],
        organisations: QuerySet[Organisation],
        group: AffiliationGroup | None = None,
    ) -> None:
        initial: dict[str, Any] = {"fund": funds.first()}
        if group is not None:
            people = "\n".join(group.people.order_by("email").values_list("email", flat=True))
            initial = {"fund": group.fund, "name": group.name, "people": people, "version": group.version,
                       "organisations": group.organisations.all()}  # fmt: skip
        super().__init__(data, initial=initial)
        self.group = group
        self.fields["fund"].queryset = funds  # type: ignore[attr-defined]
        self.fields["organisations"].queryset = organisations  # type: ignore[attr-defined]

    def clean_people(self) -> list[User]:
        """Find the people; say which address is unknown."""
        emails = {line.strip().lower() for line in self.cleaned_data["people"].splitlines() if line.strip()}
        found = {user.email: user for user in User.objects.filter(email__in=emails)}
        unknown = sorted(emails - found.keys())
        if unknown:
            text = gettext("Nobody with this address has an account: %(emails)s")
            raise forms.ValidationError(text % {"emails": ", ".join(unknown)})
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        """A name is used once per fund."""
        fund, name = self.cleaned_data.get("fund"), self.cleaned_data.get("name")
        same = AffiliationGroup.objects.filter(fund=fund, name=name).first() if fund and name else None
        if same is not None and same != self.group:
            self.add_error("name", gettext("There is already a federation of this name."))
        return self.cleaned_data


def offer(field: forms.Field, rows: QuerySet[Any], known: Iterable[Any]) -> None:
    """Let a field choose among rows that the page has loaded already, without reading them once more."""
    field.queryset = rows  # type: ignore[attr-defined]
    field.choices = [(row.pk, str(row)) for row in known]  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Which cases go to which jurors."""

    applications = RowsField(
        Application.objects.none(),
        label=_("Applications"),
        error_messages={"required": _("Choose at least one application.")},
    )
    jurors = RowsField(Juror.objects.none(), label=_("Jurors"), required=False, hide_optional=True)

    def __init__(
        self, data: Any = None, *, cases: QuerySet[Application], seats: QuerySet[Juror], chosen: Iterable[int]
    ) -> None:
        regular = [seat.pk for seat in seats if not seat.stand_in]
        super().__init__(data, initial={"applications": list(chosen), "jurors": regular})
        offer(self.fields["applications"], cases, cases)
        offer(self.fields["jurors"], seats, seats)


class StartForm(forms.Form):
    """Until when sheets are asked for, and which applications may follow later."""

    due_date = BerlinDateField(label=_("Sheets until"), help_text=_("Jurors see the days left and get reminders."))
    stragglers = RowsField(Application.objects.none(), label=_("Stragglers: these may follow later"), required=False)

    def __init__(self, data: Any = None, *, cases: QuerySet[Application]) -> None:
        super().__init__(data)
        offer(self.fields["stragglers"], cases, cases)
        if not cases:
            del self.fields["stragglers"]

    def straggler_ids(self) -> list[int]:
        """Return the ids of the marked applications."""
        return [application.pk for application in self.cleaned_data.get("stragglers") or ()]


class CloseForm(forms.Form):
    """Which cases are closed for scoring."""

    applications = RowsField(
        Application.objects.none(),
        label=_("Applications"),
        error_messages={"required": _("Choose at least one application.")},
    )

    def __init__(
        self, data: Any = None, *, cases: QuerySet[Application], waiting: Iterable[Application], ready: Iterable[int]
    ) -> None:
        super().__init__(data, initial={"applications": list(ready)})
        offer(self.fields["applications"], cases, waiting)


class PaperForm(forms.Form):
    """Number, title and date of a committee paper."""

    number = NormalisedField(label=_("Number of the paper"), max_length=40)
    title = NormalisedField(label=_("Title"), max_length=200)
    paper_date = BerlinDateField(label=_("Date"))
    # The seal of the list as it was shown above the form.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, round: Round, today: Any, seal: str) -> None:
        title = gettext("Grants of the round %(name)s") % {"name": round.name}
        super().__init__(data, initial={"title": title, "paper_date": today, "seen": seal})

    def show(self, seal: str) -> None:
        """Make the next press count from the list as it is shown now; what was typed stays."""
        self.data = {**self.data.dict(), "seen": seal}  # type: ignore[attr-defined]
