"""What an applicant reads about the case: a plain text for each state, and a timeline with who acts by when.

An inner result is never shown before its letter is announced, unless the round tells results early.
"""

from grants.applicant_view.days import sessions, sessions_text
from grants.applicant_view.items import Post, TimelineItem
from grants.applicant_view.listed import Listed, listed
from grants.applicant_view.way import timeline
from grants.applicant_view.wording import round_words, tone, words

__all__ = [
    "Listed", "Post", "TimelineItem", "listed", "round_words", "sessions", "sessions_text", "timeline", "tone", "words",
]  # fmt: skip
