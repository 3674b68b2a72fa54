from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class TimelineItem:
    """One step of a case as its applicant sees it; made for `components/timeline.html`.

    Attributes:
        title: what.
        phase: done, now or next.
        at, on: the instant or the day it happened.
        due_at, due_date: by when it must happen.
        who: who acts.
        text: a sentence.
        href, link: the page where something is to be done.
        key: tells one step from another, whatever language it is told in.
        days: named days inside it.
    """

    title: str
    phase: str
    at: datetime | None = None
    due_at: datetime | None = None
    due_date: date | None = None
    who: str = ""
    text: str = ""
    href: str = ""
    link: str = ""
    on: date | None = None
    key: str = ""
    days: tuple[tuple[str, date], ...] = ()

    @property
    def yours(self) -> bool:
        """Whether the applicant acts."""
        return self.who == _("You")


@dataclass(frozen=True)
class Post:
    """Where the letter that decides a case is; what it says is told by none of this.

    Attributes:
        announced_on: the day it took its effect.
        posted_on, counts_on: the day it went to the post, and the day from which it will count as announced.
        open_until, href: the last day to open it in the portal, and where.
        unopened: nobody opened it there in time, so it comes by post.
        back: it came back by post.
    """

    announced_on: date | None = None
    posted_on: date | None = None
    counts_on: date | None = None
    open_until: date | None = None
    href: str = ""
    unopened: bool = False
    back: bool = False
