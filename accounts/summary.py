"""What stands in the summary above a form that was refused: every error with a link to its field."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BaseForm, BaseFormSet
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class SummaryError:
    """One line of the summary: where it leads ("" when it belongs to no field) and what it says."""

    href: str
    label: str
    message: str


def emptied_by(form: BaseForm) -> set[str]:
    """What a browser does not keep of a form that comes back: its password, its files."""
    kinds = {getattr(field.widget, "input_type", "") for field in form.fields.values()}
    return kinds & ({"password", "file"} if form.files else {"password"})


def errors_of_rows(formset: "BaseFormSet[BaseForm]") -> Iterator[SummaryError]:
    """Tell the errors of a list of rows, each with the number of its row."""
    if not formset.is_bound:
        return
    for message in formset.non_form_errors():
        yield SummaryError(href=f"#{formset.prefix}-rows", label="", message=str(message))
    # Named as above the row itself, so that two sets on a page are not taken for one.
    name = getattr(formset, "row_name", _("Line"))
    for number, row in enumerate(formset.forms, start=1):
        place = f"{name} {number}"
        for error in errors_of(row):
            label = f"{place}, {error.label}" if error.label else place
            yield SummaryError(error.href or f"#{row.prefix}-errors", label, error.message)


def errors_of(form: BaseForm) -> Iterator[SummaryError]:
    """Tell the errors of a form, first those that belong to no field."""
    for message in form.non_field_errors():
        yield SummaryError(href="", label="", message=str(message))
    for field in (*form.visible_fields(), *form.hidden_fields()):
        for message in field.errors:
            target = getattr(field, "anchor", field.auto_id)
            yield SummaryError(f"#{target}", str(field.label).rstrip(".?!:"), str(message))
