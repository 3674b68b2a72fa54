"""Many cases with what hangs on them, and many jurors."""

from typing import Any

from accounts import clock
from grants.models import Application, Criterion
from grants.states import VersionReason
from reviews.models import Juror, Review
from tests.architecture.costs.fill.copying import Filling, code, copies, mark, pk_of
from tests.architecture.costs.fill.people import people
from tests.world import Side


def cases(name: str, /, **changes: Any) -> Filling:
    """More cases like one of the side, with its sheets, scores, votes, papers and decisions."""
    return lambda side, number: _cases(getattr(side, name), number, **changes)


def _cases(case: Application, number: int, /, **changes: Any) -> list[Application]:
    numbered = {} if case.case_number is None else {"case_number": code}
    made = copies(case, number, title=mark, search_key=code, **numbered, **changes)
    to_new = {"application_id": pk_of(made)}
    for sheet in Review.objects.filter(application=case):
        twins = copies(sheet, number, **to_new)
        for score in sheet.scores.all():
            copies(score, number, review_id=pk_of(twins))
    for record in (*case.votes.all(), *case.paper_items.all(), *case.decisions.all()):
        copies(record, number, **to_new)
    return made


def quiet_cases(side: Side, number: int) -> None:
    """Cases of which only the chair has a sheet, without any conflict."""
    made = copies(side.in_review, number, case_number=code, title=mark)
    copies(side.chair_sheet, number, application_id=pk_of(made))


def files(name: str) -> Filling:
    def fill(side: Side, number: int) -> None:
        copies(getattr(side, name).attachments.get(), number, path=code, name=mark)

    return fill


def versions(name: str) -> Filling:
    def fill(side: Side, number: int) -> None:
        first = getattr(side, name).versions.get(number=1)
        copies(first, number, number=lambda n: n + 100, reason=VersionReason.RESUBMIT)

    return fill


def notices_of(name: str) -> Filling:
    """Messages to the owner about a case."""

    def fill(side: Side, number: int) -> None:
        case = getattr(side, name)
        copies(side.message, number, key=code, message_id=code, subject=mark, case_key=case.case_key)

    return fill


def bulk_lines(side: Side, number: int) -> None:
    """Cases of a step for many."""
    made = copies(side.submitted, number, title=mark, search_key=code, case_number=code)
    copies(side.bulk_step.lines.get(), number, application_id=pk_of(made))


def messages(name: str) -> Filling:
    """Messages between applicant and office about a case."""

    def fill(side: Side, number: int) -> None:
        copies(getattr(side, name).case_messages.get(), number, text=mark)

    return fill


def votes(name: str) -> Filling:
    """Votes of a case that were superseded."""

    def fill(side: Side, number: int) -> None:
        copies(getattr(side, name).votes.get(), number, reason=mark, superseded_at=clock.now())

    return fill


def criteria(side: Side, number: int) -> None:
    first = Criterion.objects.filter(round=side.draft_round)[0]
    copies(first, number, code=lambda n: f"Z{n}", name=mark)


def papers(side: Side, number: int) -> None:
    copies(side.paper, number, number=code, title=mark)


def paper_items(side: Side, number: int) -> None:
    """More lines of the paper, each with its case."""
    first = side.paper.items.all()[0]
    made = copies(first.application, number, case_number=code, title=mark)
    copies(first, number, application_id=pk_of(made))


def _seat_of(sheet: Review, number: int) -> list[Juror]:
    return copies(sheet.juror, number, user_id=pk_of(people(number)), chairs=False, deputy_chair=False)


def seats(name: str) -> Filling:
    """More jurors in the round of a sheet."""
    return lambda side, number: _seat_of(getattr(side, name), number)


def other_sheets(name: str) -> Filling:
    """Sheets of more jurors on the case of a sheet."""

    def fill(side: Side, number: int) -> None:
        sheet = getattr(side, name)
        copies(sheet, number, juror_id=pk_of(_seat_of(sheet, number)), comment=mark)

    return fill


def matches(side: Side, number: int) -> None:
    """Sheets of more jurors that wait for the chair."""
    sheet = side.undeclared_sheet
    copies(sheet, number, juror_id=pk_of(_seat_of(sheet, number)), conflict_hint=lambda n: f"group|{mark(n)}")
