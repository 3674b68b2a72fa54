"""Can we apply? Five plain questions, each answered by a rule of the round. Nothing in here asks the database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import format_cents
from accounts.states import OrganisationKind
from grants.models import Round
from grants.rules.entries import ELSEWHERE, lies_in
from grants.states import RegionRule, StartRule

# Answers beside the kinds of organisation and the priority fields of a round.
PARTY: Final = "party"
OTHER_BODY: Final = "other"
OTHER_PURPOSE: Final = "-"


class Question(models.TextChoices):
    """What is asked, in this order."""

    WHO = "who", gettext_lazy("Who applies?")
    WHERE = "where", gettext_lazy("Where?")
    BEGUN = "begun", gettext_lazy("Has the project begun?")
    AMOUNT = "amount", gettext_lazy("How much?")
    PURPOSE = "purpose", gettext_lazy("What for?")


class Outcome(models.TextChoices):
    """What an answer means, the best first."""

    YES = "yes", gettext_lazy("Fits")
    ASK = "ask", gettext_lazy("Please ask us")
    NO = "no", gettext_lazy("Not like this")


class Begun(models.TextChoices):
    """How far the project is. Its beginning is the first contract, order or purchase (VV No. 1.3 on § 44 LHO)."""

    WAITS = "waits", gettext_lazy("No, and it can wait until the award letter is there")
    SOON = "soon", gettext_lazy("No, but it has to begin before the letter")
    BEGUN = "begun", gettext_lazy("Yes, something is already ordered, signed or paid for it")


@dataclass(frozen=True)
class Answers:
    """What was answered; empty where nothing was.

    Attributes:
        kind: value of OrganisationKind, PARTY or OTHER_BODY.
        seat: town of the organisation's seat, or ELSEWHERE.
        place: town of the project, or ELSEWHERE.
        begun: value of Begun.
        amount_cents: the grant that is thought of.
        purpose: a priority field of the round, or OTHER_PURPOSE.
    """

    kind: str = ""
    seat: str = ""
    place: str = ""
    begun: str = ""
    amount_cents: int | None = None
    purpose: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer to one question.

    Attributes:
        question, outcome: which, and how it ends.
        rule: the rule of the round behind it.
        advice: what to do or to know; may be empty.
    """

    question: Question
    outcome: Outcome
    rule: str
    advice: str = ""


def judge(round_: Round, answers: Answers) -> list[Verdict]:
    """Return a verdict for each question that was answered, in their order."""
    return [verdict for rule in _RULES for verdict in rule(round_, answers)]


def worst(verdicts: list[Verdict]) -> Outcome:
    """Return the outcome that counts for the whole: one "no" is a no. Raises: ValueError for no verdicts."""
    return max((verdict.outcome for verdict in verdicts), key=list(Outcome).index)


def who(round_: Round, answers: Answers) -> Iterator[Verdict]:
    """The kind of applicant."""
    if not answers.kind:
        return
    if answers.kind == PARTY:
        yield Verdict(Question.WHO, Outcome.NO, _("Political parties and their organisations cannot be funded."))
        return
    kinds = ", ".join(str(OrganisationKind(kind).label) for kind in round_.applicant_types)
    rule = _("In this round only these may apply: %(kinds)s.") % {"kinds": kinds}
    if answers.kind in round_.applicant_types:
        yield Verdict(Question.WHO, Outcome.YES, rule)
    else:
        advice = _("One of them that works with you may apply, and you carry the project out for it.")
        yield Verdict(Question.WHO, Outcome.NO, rule, advice)


_REGION: Final = {
    RegionRule.SEAT: gettext_lazy("The organisation must have its seat in the area of the fund."),
    RegionRule.PLACE: gettext_lazy("The project must take place in the area of the fund."),
    RegionRule.SEAT_OR_PLACE: gettext_lazy("The organisation's seat or the project must lie in the area of the fund."),
}


def where(round_: Round, answers: Answers) -> Iterator[Verdict]:
    """Seat and place of the project."""
    towns = {RegionRule.SEAT: (answers.seat,), RegionRule.PLACE: (answers.place,)}.get(
        RegionRule(round_.region_rule), (answers.seat, answers.place)
    )
    if not any(towns):
        return
    rule = str(_REGION[RegionRule(round_.region_rule)])
    if any(town and town != ELSEWHERE and lies_in(round_.places, town) for town in towns):
        yield Verdict(Question.WHERE, Outcome.YES, rule)
    elif all(towns):
        yield Verdict(Question.WHERE, Outcome.NO, rule, _("Perhaps another fund looks after your town."))
    else:
        yield Verdict(Question.WHERE, Outcome.ASK, rule, _("Please choose both towns."))


def begun(round_: Round, answers: Answers) -> Iterator[Verdict]:
    """How far the project is already."""
    if not answers.begun:
        return
    if answers.begun == Begun.BEGUN:
        rule = _("What has begun cannot be funded. A project begins with its first contract, order or purchase.")
        advice = _("Is there a part that is a project of its own and has not begun? Please ask us.")
        yield Verdict(Question.BEGUN, Outcome.NO, rule, advice)
    elif answers.begun == Begun.WAITS:
        yield Verdict(Question.BEGUN, Outcome.YES, _("The project may begin when the award letter is there."))
    else:
        yield _soon(round_, answers)


def _soon(round_: Round, answers: Answers) -> Verdict:
    if round_.start_rule == StartRule.ON_CONSENT:
        rule = _("Before the award letter the project may begin only with our written consent.")
        return Verdict(Question.BEGUN, Outcome.ASK, rule, _("Ask for it before you sign or order anything."))
    if round_.start_rule == StartRule.ON_AWARD:
        rule = _("The project may begin only when the award letter is there.")
        return Verdict(Question.BEGUN, Outcome.NO, rule, _("Can the beginning be moved behind the decision?"))
    limit = round_.start_rule_up_to_cents
    if limit is None:
        rule = _("The project may begin as soon as the application is sent, at your own risk.")
        return Verdict(Question.BEGUN, Outcome.YES, rule)
    rule = _(
        "The project may begin as soon as the application is sent, at your own risk, if it costs at most"
        " %(limit)s as a whole. A dearer one waits for the award letter."
    ) % {"limit": format_cents(limit)}
    # The grant is never more than the cost: above the limit with the grant alone means above it as a whole.
    dearer = (answers.amount_cents or 0) > limit
    return Verdict(Question.BEGUN, Outcome.NO if dearer else Outcome.YES, rule)


def amount(round_: Round, answers: Answers) -> Iterator[Verdict]:
    """The grant that is thought of, between the round's limits."""
    asked = answers.amount_cents
    if asked is None:
        return
    low, high = format_cents(round_.minimum_cents), format_cents(round_.maximum_cents)
    between = (
        _("A grant is between %(low)s and %(high)s.") if round_.minimum_cents else _("A grant is at most %(high)s.")
    )
    rule = " ".join([between % {"low": low, "high": high}, *_shares(round_)])
    if asked > round_.maximum_cents:
        advice = _("Ask for at most %(high)s and plan other money for the rest.") % {"high": high}
        yield Verdict(Question.AMOUNT, Outcome.NO, rule, advice)
    elif asked < round_.minimum_cents:
        yield Verdict(Question.AMOUNT, Outcome.NO, rule, _("So small a project needs another way. Please ask us."))
    elif asked <= round_.fast_track_max_cents:
        advice = _("Our office can decide this without the jury; that is faster.")
        yield Verdict(Question.AMOUNT, Outcome.YES, rule, advice)
    else:
        yield Verdict(Question.AMOUNT, Outcome.YES, rule)


def _shares(round_: Round) -> Iterator[str]:
    if round_.max_rate_percent < 100:
        yield _("It pays at most %(percent)s %% of the costs.") % {"percent": round_.max_rate_percent}
    if round_.own_share_percent:
        yield _("You bring at least %(percent)s %% of the costs yourselves.") % {"percent": round_.own_share_percent}


def purpose(round_: Round, answers: Answers) -> Iterator[Verdict]:
    """What the money is for."""
    if not answers.purpose:
        return
    names = ", ".join(str(name) for name in round_.priorities)
    rule = _("Priority fields: %(names)s.") % {"names": names} if names else str(round_.fund.purpose)
    if answers.purpose == OTHER_PURPOSE:
        advice = _("Tell us your idea in two sentences before you write; we say whether it fits.")
        yield Verdict(Question.PURPOSE, Outcome.ASK, rule, advice)
    else:
        yield Verdict(Question.PURPOSE, Outcome.YES, rule)


_RULES: Final[tuple[Callable[[Round, Answers], Iterator[Verdict]], ...]] = (who, where, begun, amount, purpose)
