"""Records of rounds and applications."""

from grants.models.applications import Application, CaseCounter
from grants.models.checks import DocumentRequest, FormalCheck
from grants.models.files import ApplicationVersion, Attachment
from grants.models.plans import CostLine, FundingLine
from grants.models.rounds import Criterion, Round

__all__ = [
    "Application",
    "ApplicationVersion",
    "Attachment",
    "CaseCounter",
    "CostLine",
    "Criterion",
    "DocumentRequest",
    "FormalCheck",
    "FundingLine",
    "Round",
]
