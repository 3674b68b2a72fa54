"""The words of fields, as their records name them."""

from functools import cache

from django.db.models import Field, Model
from django.utils.translation import get_language


def label_of(model: type[Model], name: str) -> str:
    """Return the field's own word, in the active language. Raises: KeyError for what is no field."""
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise KeyError(name)
    return str(field.verbose_name)


def heading_of(model: type[Model], name: str) -> str:
    """Return the field's word as a heading, its first letter large."""
    return _heading(model, name, get_language())


@cache
def _heading(model: type[Model], name: str, _language: str | None) -> str:
    text = label_of(model, name)
    return text[:1].upper() + text[1:]
