from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import days, languages
from accounts.fields import BerlinDateField, LongTextField, NormalisedField
from accounts.models import BankAccount, Organisation, User
from grants import queries
from grants.models import Application
from grants.rules.entries import ELSEWHERE, REQUIRED_TEXTS, waits_for
from grants.sections import Section
from grants.states import ApplicationState

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Application]
else:
    _ModelForm = forms.ModelForm

_LINES = (
    "summary", "aims", "activities", "target_groups", "participation", "partners", "innovation", "lasting", "publicity",
)  # fmt: skip
_SHORT = (
    "executing_unit", "executing_unit_address", "contact_name", "contact_phone", "title", "municipality", "places",
    "priority",
)  # fmt: skip
_FIELD_CLASSES: dict[str, type[forms.Field]] = {
    **dict.fromkeys(_SHORT, NormalisedField),
    **dict.fromkeys(_LINES, LongTextField),
    "starts_on": BerlinDateField,
    "ends_on": BerlinDateField,
}
# Wanted before sending, so their labels do not say "(optional)", although a draft may leave them empty.
_WANTED = {*REQUIRED_TEXTS, "organisation", "starts_on", "ends_on", "planned_participants", "contact_language"}

# What the label takes for known is explained below it.
_TERMS = {
    "executing_unit": "executing unit",
    "not_begun": "start of the project",
    "no_double_funding": "double funding",
    "electronic_announcement": "announcement",
}


class SectionForm(_ModelForm):
    """A page of the form. Nothing is required: a draft is saved in any state; the rules say what is missing.

    Args:
        data: what was sent.
        application: as it is stored now.
        person: who writes.
        open_fields: names of the entries that may be changed now.
        touched: names of the entries that were changed on the page, if it told; the others show what is stored.
    """

    section: ClassVar[Section]

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        application: Application,
        person: User,
        open_fields: Collection[str],
        touched: Collection[str] | None = None,
    ) -> None:
        super().__init__(data, instance=application)
        self.person = person
        self.prepare(application)
        for name in list(self.fields):
            if name not in open_fields:
                del self.fields[name]
        self.touched = {*self.fields} if touched is None else {*self.fields} & {*touched}
        for name, field in self.fields.items():
            field.required = False
            field.label = _sentence(field.label)
            field.hide_optional = name in _WANTED  # type: ignore[attr-defined]  # read by the field's template
            field.term = _TERMS.get(name, "")  # type: ignore[attr-defined]
            # Taken from what is stored instead of from what was sent; not shown as disabled (accounts/rendering.py).
            field.disabled = field.as_stored = data is not None and name not in self.touched  # type: ignore[attr-defined]

    def prepare(self, application: Application) -> None:
        """Fit choices to the application; pages with choices say how."""

    def _post_clean(self) -> None:
        """Leave the record alone: the action writes, and the rules judge the whole."""

    def values(self) -> dict[str, Any]:
        """Return the touched entries that could be read; what could not stays on the page as typed."""
        return {name: self.cleaned_data[name] for name in self.touched if name in self.cleaned_data}

    def newer(self, current: Application, names: Collection[str]) -> list[tuple[str, str]]:
        """Return what others stored in these entries, as (label, text), in the order of the form."""
        stored = [(field.label, getattr(current, name)) for name, field in self.fields.items() if name in names]
        return [(str(label), "" if value is None else str(value)) for label, value in stored]


def _sentence(label: Any) -> str:
    text = str(label or "")
    return text[:1].upper() + text[1:]


class ApplicantForm(SectionForm):
    section = Section.APPLICANT

    class Meta:
        model = Application
        fields = (
            "organisation", "executing_unit", "executing_unit_address", "contact_name", "contact_email",
            "contact_phone", "contact_language", "bank_account", "first_application",
        )  # fmt: skip
        field_classes = _FIELD_CLASSES
        labels = {"organisation": _("Organisation")}
        help_texts = {
            "organisation": _("Who gets the letter and the money."),
            "executing_unit": _("For instance a group or a school, if another body applies for it."),
            "executing_unit_address": _("Street, postcode and town. Letters and money go to the organisation."),
            "contact_name": _("Whom may we call if something is unclear?"),
            "bank_account": _("Where the grant is to be paid. You can add it later, too."),
        }
        widgets = {
            "contact_name": forms.TextInput({"autocomplete": "name"}),
            "contact_email": forms.EmailInput({"autocomplete": "email"}),
            "contact_phone": forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        }

    def prepare(self, application: Application) -> None:
        own = [organisation.pk for organisation in queries.organisations_to_apply_for(self.person)]
        if application.organisation_id is not None:
            own.append(application.organisation_id)
        self.fields["organisation"] = _choice(self.fields["organisation"], Organisation.objects.filter(pk__in=own))
        if len(own) == 1:
            self.initial["organisation"] = own[0]
        accounts = BankAccount.objects.filter(organisation=application.organisation, replaced_at=None)
        if application.on_behalf:
            # The office sees those that its fund was told of.
            told = Application.objects.filter(organisation=application.organisation, fund=application.fund_id)
            accounts = accounts.filter(pk__in=told.values("bank_account"))
        self.fields["bank_account"] = _choice(self.fields["bank_account"], accounts)
        self.fields["contact_language"] = forms.ChoiceField(
            choices=languages.choices, label=self.fields["contact_language"].label
        )
        if application.state != ApplicationState.DRAFT:
            del self.fields["organisation"]
        if not accounts.exists():
            del self.fields["bank_account"]


def _choice(field: forms.Field, rows: QuerySet[Any]) -> "forms.ModelChoiceField[Any]":
    return forms.ModelChoiceField(rows, label=field.label, help_text=field.help_text, empty_label=_("Please choose"))


class ProjectForm(SectionForm):
    section = Section.PROJECT

    class Meta:
        model = Application
        fields = ("title", "municipality", "places", "starts_on", "ends_on", "summary", "priority", "follows")
        field_classes = _FIELD_CLASSES
        labels = {"follows": _("Earlier project")}
        help_texts = {
            "title": _("A short name that says what it is about."),
            "municipality": _("The town in which most of the project takes place."),
            "places": _("For instance: community centre Linden, park Nord."),
            "starts_on": _("The first day of the project, for example 01.03.2027."),
            "ends_on": _("The last day of the project."),
            "summary": _("What do you want to do, with whom, and why? Three to ten sentences are enough."),
            "follows": _("If this goes on from a project that we funded before."),
        }

    def prepare(self, application: Application) -> None:
        towns = list(application.round.places)
        if application.municipality and application.municipality not in (*towns, ELSEWHERE):
            towns.append(application.municipality)
        self.fields["municipality"] = forms.ChoiceField(
            label=self.fields["municipality"].label,
            help_text=self.fields["municipality"].help_text,
            choices=[
                ("", _("Please choose")),
                *((t, t) for t in towns),
                (ELSEWHERE, _("Outside the area of the fund")),
            ],
        )
        self._choose_priority(application)
        last = waits_for(application, application.round)
        if last is not None and (application.requested_cents or not application.round.fast_track_max_cents):
            words = _("The first day of the project. It may begin only after the award: after the session on %(day)s.")
            self.fields["starts_on"].help_text = words % {"day": days.day(last)}
        former = Application.objects.filter(
            organisation=application.organisation, fund=application.fund_id, case_number__isnull=False
        ).exclude(pk=application.pk)
        self.fields["follows"] = _choice(self.fields["follows"], former)
        if application.organisation_id is None or not former.exists():
            del self.fields["follows"]

    def _choose_priority(self, application: Application) -> None:
        fields = [str(name) for name in application.round.priorities]
        if not fields:
            del self.fields["priority"]
            return
        self.fields["priority"] = forms.ChoiceField(
            label=self.fields["priority"].label, choices=[("", _("Please choose")), *((name, name) for name in fields)]
        )

    def clean(self) -> dict[str, Any]:
        """An end before the start is shown at the end; neither day is saved until they fit."""
        cleaned = super().clean() or self.cleaned_data
        starts_on = cleaned.get("starts_on", self.instance.starts_on)
        ends_on = cleaned.get("ends_on", self.instance.ends_on)
        if starts_on and ends_on and ends_on < starts_on:
            name = "ends_on" if "ends_on" in self.touched else "starts_on"
            self.add_error(name, _("The project must not end before it starts."))
            cleaned.pop("starts_on", None)
            cleaned.pop("ends_on", None)
        return cleaned


class ContentForm(SectionForm):
    section = Section.CONTENT

    class Meta:
        model = Application
        fields = ("aims", "activities", "target_groups", "planned_participants")
        field_classes = _FIELD_CLASSES
        help_texts = {
            "aims": _("How will you notice that it worked? For instance: 20 people take part until the end."),
            "activities": _("What happens when? A list with months is enough."),
            "target_groups": _("For whom is it? Please write of groups, never of single people."),
            "planned_participants": _("Only the total, as you expect it."),
        }

    def prepare(self, application: Application) -> None:
        self.fields["planned_participants"] = forms.IntegerField(
            label=self.fields["planned_participants"].label,
            help_text=self.fields["planned_participants"].help_text,
            min_value=0,
            max_value=1_000_000,
            widget=forms.TextInput({"inputmode": "numeric", "class": "mt-short", "autocomplete": "off"}),
        )


class EffectForm(SectionForm):
    section = Section.EFFECT

    class Meta:
        model = Application
        fields = ("participation", "partners", "innovation", "lasting", "publicity")
        field_classes = _FIELD_CLASSES
        help_texts = {
            "participation": _("How do people with a history of migration take part in planning and doing?"),
            "partners": _("With whom do you work together?"),
            "innovation": _("What is new about it, for you or for your town?"),
            "lasting": _("What stays when the grant has been used?"),
            "publicity": _("How will people hear about it?"),
        }


class DeclarationsForm(SectionForm):
    section = Section.DECLARATIONS

    class Meta:
        model = Application
        fields = (
            "not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read",
            "electronic_announcement", "publication_consent",
        )  # fmt: skip
        labels = {
            "not_begun": _("The project has not begun, and will not begin before we are allowed to."),
            "financing_secured": _("With the requested grant the financing of the whole project is secured."),
            "no_double_funding": _("We get no other public money for it than what is listed in the financing plan."),
            "truthful": _("All our statements are complete and true. We will report changes at once."),
            "privacy_read": _("We have read the data notice."),
            "electronic_announcement": _("Letters with legal effect may be announced in this portal (optional)."),
            "publication_consent": _("If we get a grant, our name and the project may be published (optional)."),
        }
        help_texts = {
            "publication_consent": _(
                "There is a public list of funded projects. Associations and other bodies always stand in it, because"
                " it is public money; private people and initiatives only if they tick this."
            ),
        }


SECTION_FORMS: dict[Section, type[SectionForm]] = {
    form.section: form for form in (ApplicantForm, ProjectForm, ContentForm, EffectForm, DeclarationsForm)
}
