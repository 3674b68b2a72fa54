"""What a term is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import slugify


@dataclass(frozen=True)
class Term:
    """A term: how templates call it, how readers of a language know it, what it means.

    ``german`` is the word of the letters, for those who read the page in another language.
    """

    key: str
    word: str | Promise
    german: str
    text: str | Promise

    @property
    def anchor(self) -> str:
        """The place of the term on the page of all terms."""
        return f"term-{slugify(self.key)}"
