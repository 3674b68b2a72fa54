"""The way in from a spreadsheet: a list is read, its columns are told apart, and each of its rows is checked."""

from grants.imports.reading import read
from grants.imports.table import BadTable, Flaw, Line, Table

__all__ = ["BadTable", "Flaw", "Line", "Table", "read"]
