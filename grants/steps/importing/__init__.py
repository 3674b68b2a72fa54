"""Writes the rows of a list, many at once, inside the open transaction."""

from grants.steps.importing.awards import correct_awards, write_awards
from grants.steps.importing.cases import write_cases

__all__ = ["correct_awards", "write_awards", "write_cases"]
