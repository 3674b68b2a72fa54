"""Frozen dataclasses to JSON values and back, refusing whatever does not fit exactly."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

#: What JSON can hold.
Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class BadLetterData(ValueError):
    """Letter data that is incomplete, of the wrong type or contradicts itself; names the field."""


def dump(value: object) -> Json:
    """A frozen dataclass (or a part of one) as JSON values: days and instants in ISO 8601, no floats."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, tuple):
        return [dump(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: dump(getattr(value, name)) for name in _names(type(value))}
    raise BadLetterData(f"{type(value).__name__} has no place in letter data")


@cache
def _names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def load(cls: type[T], value: object, path: str = "") -> T:
    """The dataclass from its JSON values.

    Raises: BadLetterData for a missing, unknown or ill-typed field, and whatever the dataclass itself
    refuses.
    """
    if not isinstance(value, Mapping):
        raise BadLetterData(f"{path or cls.__name__}: not an object")
    hints = get_type_hints(cls)
    _same_names(set(hints), set(value), path or cls.__name__)
    return cls(**{name: _load(hint, value[name], f"{path}{name}") for name, hint in hints.items()})


def _same_names(expected: set[str], given: set[object], path: str) -> None:
    if expected != given:
        missing, unknown = expected - given, given - expected
        raise BadLetterData(f"{path}: missing {sorted(missing)}, unknown {sorted(map(str, unknown))}")


def _load(hint: Any, value: object, path: str) -> object:
    origin = get_origin(hint)
    if origin is Literal:
        return _checked(value in get_args(hint) and isinstance(value, str | int), value, path)
    if origin is tuple:
        item = get_args(hint)[0]
        _checked(isinstance(value, list), value, path)
        return tuple(_load(item, part, f"{path}[{i}].") for i, part in enumerate(cast("list[object]", value)))
    if origin in (Union, types.UnionType):
        inner = next(part for part in get_args(hint) if part is not type(None))
        return None if value is None else _load(inner, value, path)
    if is_dataclass(hint):
        return load(cast("type[object]", hint), value, f"{path.rstrip('.')}.")
    return _load_plain(hint, value, path)


def _load_plain(hint: Any, value: object, path: str) -> object:
    if hint in (date, datetime):
        _checked(isinstance(value, str), value, path)
        try:
            return hint.fromisoformat(value)
        except ValueError as error:
            raise BadLetterData(f"{path}: {value!r} is no {hint.__name__}") from error
    # bool is an int in Python; an amount of True is a mistake all the same.
    return _checked(type(value) is hint, value, path)


def _checked(fits: bool, value: object, path: str) -> object:
    if not fits:
        raise BadLetterData(f"{path}: unexpected {type(value).__name__}")
    return value
