"""What the office looks at before the jury does, and what of it decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


class Answer(models.TextChoices):
    """How an item was found."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "na", _("not applicable")


@dataclass(frozen=True)
class Item:
    """One question of the formal check; a mandatory one answered "no" can lead to a rejection."""

    code: str
    question: StrPromise
    mandatory: bool = False


ITEMS: Final = (
    Item("applicant", _("The applicant belongs to those who may apply."), mandatory=True),
    Item("political", _("The applicant is not a political organisation."), mandatory=True),
    Item("region", _("The seat or the project lies in the area of the fund."), mandatory=True),
    Item("purpose", _("The project serves the purpose of the guideline."), mandatory=True),
    Item("not_begun", _("The project has not begun before the rule of the round allows it."), mandatory=True),
    Item("no_double", _("The same costs are not funded twice."), mandatory=True),
    Item("limits", _("Requested grant, share and period keep the limits of the round."), mandatory=True),
    Item("signed", _("It was sent by somebody who represents the organisation.")),
    Item("documents", _("All required documents are there and readable.")),
    Item("plan", _("Costs and financing are complete, plausible and balanced.")),
    Item("financing", _("Other financing is named with giver and state.")),
    Item("bank", _("The account holder is the organisation itself.")),
    Item("earlier", _("Earlier grants to this organisation have been accounted for.")),
)
CODES: Final = frozenset(item.code for item in ITEMS)


def open_items(answers: Mapping[str, str]) -> list[str]:
    """Return the codes of the items that stand against acceptance: unanswered, or answered "no"."""
    return [item.code for item in ITEMS if not _passes(item, answers.get(item.code, ""))]


def _passes(item: Item, answer: str) -> bool:
    return answer == Answer.YES or (answer == Answer.NOT_APPLICABLE and not item.mandatory)


def failed_items(answers: Mapping[str, str]) -> list[str]:
    """Return the codes of the mandatory items answered "no"."""
    return [item.code for item in ITEMS if item.mandatory and answers.get(item.code) == Answer.NO]


def question_of(code: str) -> str | StrPromise:
    """Return the words of an item; a code that the list no longer has speaks for itself."""
    return next((item.question for item in ITEMS if item.code == code), code)
