from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from django.db import models
from django_fsm import FSMFieldMixin


@cache
def _words(field: "models.Field[Any, Any]") -> dict[Any, Any]:
    return dict(field.flatchoices)


class Machine(models.Model):
    """A record with a life cycle: one protected `state`, changed only through `accounts.audit.perform`.

    `version` grows with each saved change; forms carry it to notice that somebody was faster.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    # Set by subclasses: the FSMField named `state`.
    state: Any
    machine_name: ClassVar[str] = ""

    class Meta:
        abstract = True

    def index(self) -> None:
        """Set the columns that lists search and sort by; called before each save. Most records have none."""

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Reload, also the protected state.

        The library's own mixin switches the protection off on the class while it loads, which other threads
        see and a failed load never switches back. Dropping the value from this one instance is enough.
        """
        names = [f.attname for f in self._meta.concrete_fields if isinstance(f, FSMFieldMixin) and f.protected]
        kept = {name: self.__dict__.pop(name) for name in names if name in self.__dict__}
        self.__dict__["_reloading"] = frozenset(kept)
        if fields is not None and from_queryset is None:
            # What the base manager loads along cannot be joined where only some fields are asked for.
            from_queryset = type(self)._base_manager.using(using or self._state.db).select_related(None)
        try:
            super().refresh_from_db(using, fields, from_queryset)
        finally:
            del self.__dict__["_reloading"]
            for name, value in kept.items():
                self.__dict__.setdefault(name, value)

    def get_deferred_fields(self) -> set[str]:
        """Name what was never loaded; a value dropped for a reload is not among it."""
        reloading: frozenset[str] = self.__dict__.get("_reloading", frozenset())
        return super().get_deferred_fields() - reloading

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> str:  # noqa: N802 - Django's name
        """Return the word for a state; Django's own way translates every state there is to find one."""
        value = getattr(self, field.attname)
        return str(_words(field).get(value, value))

    @property
    def case_key(self) -> str:
        """The key under which this record's history joins that of its case (empty: stands alone)."""
        return ""

    @property
    def audit_fund_id(self) -> int | None:
        """The fund whose auditors may read this record's history."""
        return getattr(self, "fund_id", None)
