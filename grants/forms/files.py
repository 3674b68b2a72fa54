from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.days import day
from accounts.fields import BerlinDateField
from grants.limits import Limits
from grants.models import OrganisationDocument
from grants.states import OWN_PAPERS, AttachmentKind


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files; each is looked at by the store."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files that arrived; an empty list is an error."""
        files = [file for file in data or [] if file]
        if not files:
            raise forms.ValidationError(_("Please choose a file."), code="required")
        return files


class OneFileField(forms.FileField):
    """A single file, which the store looks at; it also says what is wrong with an empty one."""

    def __init__(self, limits: Limits, **kwargs: Any) -> None:
        super().__init__(
            allow_empty_file=True,
            help_text=limits.told(),
            widget=forms.FileInput({"accept": limits.accept}),
            error_messages={"required": _("Please choose a file.")},
            **kwargs,
        )


def kind_choices(kinds: Collection[str]) -> list[tuple[str, Any]]:
    """Return the kinds of papers to choose from; where there is one, it is chosen."""
    choices: list[tuple[str, Any]] = [(value, label) for value, label in AttachmentKind.choices if value in kinds]
    return choices if len(choices) == 1 else [("", _("Please choose")), *choices]


class UploadForm(forms.Form):
    """What kind of document, and the files."""

    kind = forms.ChoiceField(label=_("What kind of document is it?"))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        kinds: Collection[str],
        limits: Limits,
        kind: str = "",
    ) -> None:
        super().__init__(data, files, initial={"kind": kind})
        # Not declared above: a form's `files` are what was sent.
        self.fields["files"] = ManyFilesField(
            label=_("Files"),
            help_text=" ".join((limits.told(), gettext("You may choose several at once."))),
            widget=ManyFilesInput({"accept": limits.accept}),
        )
        self.fields["kind"] = forms.ChoiceField(label=self.fields["kind"].label, choices=kind_choices(kinds))


class ReplaceForm(forms.Form):
    """The file that takes the place of another."""

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None, *, limits: Limits) -> None:
        super().__init__(data, files)
        self.fields["file"] = OneFileField(limits, label=_("New file"))


class PaperDatesForm(forms.Form):
    """The dates that stand on a paper of an organisation."""

    issued_on = BerlinDateField(required=False, label=_("Date of the paper"))
    expires_on = BerlinDateField(
        required=False,
        label=_("Valid until"),
        help_text=_("Leave it empty if the paper does not expire. We tell you when it no longer holds."),
    )

    def clean(self) -> dict[str, Any]:
        """A paper does not end before it was made."""
        cleaned = super().clean() or self.cleaned_data
        issued_on, expires_on = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued_on and expires_on and expires_on < issued_on:
            self.add_error("expires_on", _("This day lies before the date of the paper."))
        return cleaned


class KeepPaperForm(PaperDatesForm):
    """A paper of an organisation, with its file."""

    kind = forms.ChoiceField(label=_("What kind of document is it?"), choices=kind_choices(OWN_PAPERS))
    field_order = ["kind", "file"]

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None, *, limits: Limits) -> None:
        super().__init__(data, files)
        self.fields["file"] = OneFileField(limits, label=_("File"))
        self.order_fields(self.field_order)


class TickPapersForm(forms.Form):
    """Which of the organisation's own papers belong to the application."""

    papers = forms.MultipleChoiceField(
        label=_("Papers of your organisation"), choices=[], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, papers: Sequence[OrganisationDocument]) -> None:
        super().__init__(data)
        self._papers = {str(paper.pk): paper for paper in papers}
        field = self.fields["papers"]
        field.choices = [(key, _told(paper)) for key, paper in self._papers.items()]  # type: ignore[attr-defined]
        field.error_messages["required"] = _("Please tick at least one paper.")

    def ticked(self) -> list[OrganisationDocument]:
        """Return the papers that were ticked."""
        return [self._papers[key] for key in self.cleaned_data["papers"]]


def _told(paper: OrganisationDocument) -> str:
    name = f"{paper.get_kind_display()}: {paper.name}"
    if paper.expires_on is None:
        return name
    until = gettext("valid until %(day)s") % {"day": day(paper.expires_on)}
    return f"{name} ({until})"
