"""What predicates need to know of a letter, so that the model can import the predicates."""

from typing import Protocol


class HasApprover(Protocol):
    @property
    def fund_id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def approved_by_id(self) -> int | None: ...
