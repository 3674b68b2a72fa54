"""Controls with more to them than KERN's plain ones; `components/field.html` lays them out."""

from typing import Any

from django import forms

from accounts.money import format_plain


class AmountInput(forms.TextInput):
    """Euros with a "€" at the end and the number pad of a phone; shows what was typed when it was wrong."""

    suffix = "€"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Cents become ``1.234,56``; text from a refused form stays as it was typed."""
        return format_plain(value) if isinstance(value, int) else super().format_value(value)


class ScaleSelect(forms.RadioSelect):
    """A scale of few steps as a row of large buttons; digits choose a step (static/js/score.js)."""

    kind = "scale"


class DayInput(forms.DateInput):
    """A day typed as 22.11.2026. The browser's own date field hides half-typed entries, so it is not used."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        shape = {"inputmode": "numeric", "autocomplete": "off", "class": "mt-short"}
        super().__init__({**shape, **(attrs or {})}, format="%d.%m.%Y")


class LongTextInput(forms.Textarea):
    """A text of several lines; low at first, it grows with what is typed where the browser can."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 5, **(attrs or {})})
