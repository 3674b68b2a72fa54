"""Records of rounds and applications."""

from grants.models.applications import Application, CaseCounter
from grants.models.bodies import Body, BodyMember, BodySession
from grants.models.checks import DocumentRequest, FormalCheck
from grants.models.desk import BulkLine, BulkStep, SavedFilter
from grants.models.files import ApplicationVersion, Attachment, OrganisationDocument, StoredFile
from grants.models.imports import FormerAward, Import, ImportedCase, ImportProblem
from grants.models.likeness import SimilarTitle
from grants.models.messages import CaseMessage, CaseMessageFile
from grants.models.plans import CostLine, FundingLine
from grants.models.rounds import Criterion, Round
from grants.models.takeover import TakeoverCode

__all__ = [
    "Application",
    "ApplicationVersion",
    "Attachment",
    "Body",
    "BodyMember",
    "BodySession",
    "BulkLine",
    "BulkStep",
    "CaseCounter",
    "CaseMessage",
    "CaseMessageFile",
    "CostLine",
    "Criterion",
    "DocumentRequest",
    "FormalCheck",
    "FormerAward",
    "FundingLine",
    "Import",
    "ImportProblem",
    "ImportedCase",
    "OrganisationDocument",
    "Round",
    "SavedFilter",
    "SimilarTitle",
    "StoredFile",
    "TakeoverCode",
]
