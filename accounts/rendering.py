"""How forms become HTML: one field template, one error template, KERN's classes on every control."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from accounts import glossary

# A field's kind decides how `components/field.html` lays it out. The first match wins, so that
# subclasses of a widget stand before the widget itself.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
_CONTROL_CLASSES = {
    "checkbox": "kern-form-check__checkbox",
    "checkboxes": "kern-form-check__checkbox",
    "radios": "kern-form-check__radio",
    "select": "kern-form-input__select",
    "scale": "mt-scale__input",
}
_GROUPS = ("checkboxes", "radios", "scale")
_TEXT_CLASS = "kern-form-input__input"


class KernBoundField(BoundField):
    """A bound field that knows its layout kind and carries KERN's classes."""

    @property
    def kind(self) -> str:
        """The layout of the field: checkbox, checkboxes, radios, select, textarea, file, or text."""
        named = getattr(self.field.widget, "kind", "")
        if named:
            return str(named)
        return next((kind for widget, kind in _KINDS if isinstance(self.field.widget, widget)), "text")

    @property
    def optional(self) -> bool:
        """Whether the label says "(optional)": every field that may stay empty, except a tick box."""
        if getattr(self.field, "hide_optional", False):
            return False
        locked = self.field.disabled and not getattr(self.field, "as_stored", False)
        return not self.field.required and not locked and self.kind != "checkbox"

    @property
    def anchor(self) -> str:
        """The id that a link in the error summary leads to: of a group, its first option."""
        return f"{self.auto_id}_0" if self.kind in _GROUPS else str(self.auto_id)

    @property
    def suffix(self) -> str:
        """A unit shown inside the control at its end, for example "€"."""
        return str(getattr(self.field.widget, "suffix", ""))

    @property
    def aria_describedby(self) -> str | None:
        """Return the ids of what explains the control: hint and error, its unit, how many characters it takes."""
        parts = {"unit": self.suffix, "counter": self.counter_limit}
        more = [f"{self.auto_id}_{part}" for part, here in parts.items() if here]
        return " ".join([super().aria_describedby or "", *more]).strip() or None

    @property
    def term(self) -> glossary.Term | None:
        """The term of the glossary that the label uses and the page explains below it, if the form names one."""
        return glossary.TERMS.get(getattr(self.field, "term", ""))

    @property
    def counter_limit(self) -> int | None:
        """The number of characters that the counter below a long text counts to."""
        limit = getattr(self.field, "max_length", None)
        return limit if self.kind == "textarea" and isinstance(limit, int) else None

    def build_widget_attrs(self, attrs: Mapping[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add KERN's control class and its error form to what the form library sets."""
        built = dict(super().build_widget_attrs(dict(attrs), widget))
        control = _CONTROL_CLASSES.get(self.kind, _TEXT_CLASS)
        own = (widget or self.field.widget).attrs.get("class", "")
        classes = [control, *([f"{control}--error"] if self.errors else []), *([own] if own else [])]
        built["class"] = " ".join(classes)
        if self.kind in _GROUPS:
            # The group is wrong, not one of its options; a radio button knows no such attribute.
            built.pop("aria-invalid", None)
        if self._takes_prose(widget or self.field.widget):
            # Names and texts come in many languages, whatever the language of the page.
            built.setdefault("dir", "auto")
        if getattr(self.field, "as_stored", False):
            # Nobody touched it, so that it shows what is stored; it can be changed as ever.
            built.pop("disabled", None)
        if self.counter_limit:
            # The browser must not cut pasted text off silently: the counter warns, the server refuses.
            built["data-counter"] = str(self.counter_limit)
        return built

    def _takes_prose(self, widget: forms.Widget) -> bool:
        plain = self.kind == "text" and getattr(widget, "input_type", "") == "text"
        return self.kind == "textarea" or (plain and "inputmode" not in widget.attrs)


class Renderer(TemplatesSetting):
    """Renders every form with the project's own templates (named in settings as FORM_RENDERER)."""

    form_template_name = "components/form.html"
    formset_template_name = "components/formset.html"
    field_template_name = "components/field.html"
    bound_field_class = KernBoundField
