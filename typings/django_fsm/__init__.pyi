"""The part of `django_fsm` that is used here: conditions take the record's own class, methods keep theirs."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import models

_F = TypeVar("_F", bound=Callable[..., Any])

ANY_STATE: str
ANY_OTHER_STATE: str

class TransitionNotAllowed(Exception):
    object: Any
    method: Any

class Transition:
    method: Callable[..., Any]
    source: Any
    target: Any
    conditions: list[Callable[..., bool]]
    permission: Callable[..., bool] | str | None
    custom: dict[str, Any]
    @property
    def name(self) -> str: ...
    def has_perm(self, instance: models.Model, user: Any) -> bool: ...

class FSMFieldMixin(models.Field[Any, Any]):
    protected: bool
    def get_all_transitions(self, instance_cls: type[models.Model]) -> Iterable[Transition]: ...

class FSMField(FSMFieldMixin, models.CharField[Any, Any]):
    def __init__(self, *args: Any, protected: bool = ..., **kwargs: Any) -> None: ...

def transition(
    field: Any,
    source: Any = ...,
    target: Any = ...,
    on_error: Any = ...,
    conditions: Sequence[Callable[..., bool]] | None = ...,
    permission: Callable[..., Any] | str | None = ...,
    custom: dict[str, Any] | None = ...,
) -> Callable[[_F], _F]: ...
def can_proceed(bound_method: Callable[..., Any], check_conditions: bool = ...) -> bool: ...
def has_transition_perm(bound_method: Callable[..., Any], user: Any) -> bool: ...
