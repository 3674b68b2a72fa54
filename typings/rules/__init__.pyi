"""The part of `rules` that is used here; the library exports its names implicitly."""

from typing import Any

from rules import predicates as predicates
from rules.predicates import Predicate as Predicate
from rules.predicates import always_allow as always_allow
from rules.predicates import always_deny as always_deny
from rules.predicates import predicate as predicate

def add_perm(name: str, pred: predicates.Predicate) -> None: ...
def has_perm(name: str, *args: Any) -> bool: ...
