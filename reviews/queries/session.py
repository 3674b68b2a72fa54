"""The jury's meeting: the current session, and who takes part in an item."""

from grants.models import Application, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.models import Juror, JurySession, Vote
from reviews.queries.seats import OPENED


def current_session(round: Round) -> JurySession | None:
    """Return the latest session of a round."""
    return JurySession.objects.filter(round=round).order_by("-pk").first()


def minutes_open(round: Round) -> bool:
    """Tell whether minutes are still written: until the round is decided."""
    return round.state in (RoundState.SCORING, RoundState.JURY, RoundState.COMMITTEE)


def present_at(session: JurySession, application: Application) -> list[Juror]:
    """Return the members who are there and take part in this case: declared free, not excluded."""
    free = application.reviews.filter(OPENED).values("juror")
    return list(session.present.filter(pk__in=free).select_related("user").order_by("pk"))


def absent_at(session: JurySession, application: Application) -> list[Juror]:
    """Return the members who are there but leave the room for this case."""
    free = application.reviews.filter(OPENED).values("juror")
    return list(session.present.exclude(pk__in=free).select_related("user").order_by("pk"))


def valid_vote(application: Application) -> Vote | None:
    """Return the vote that holds."""
    return application.votes.filter(superseded_at__isnull=True).select_related("session", "recorded_by").first()


def still_scored(round: Round) -> int:
    """Return how many cases keep the first session waiting because they are still being scored."""
    if round.state != RoundState.SCORING:
        return 0
    return Application.objects.filter(round=round, state=A.IN_REVIEW).count()


def returned_to_jury(round: Round) -> bool:
    """Tell whether the committees left the jury something to vote on again."""
    return Application.objects.filter(round=round, state__in=(A.REVIEWED, A.RANKED)).exists()
