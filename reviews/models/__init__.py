"""Records of the jury and the committees."""

from reviews.models.committee import Decision, Paper, PaperItem
from reviews.models.jury import Juror, JurySession, ScoringPeriod
from reviews.models.sheets import Review, Score
from reviews.models.votes import Vote

__all__ = ["Decision", "Juror", "JurySession", "Paper", "PaperItem", "Review", "Score", "ScoringPeriod", "Vote"]
