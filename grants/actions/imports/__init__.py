"""What people do with a list from a spreadsheet, and what the worker does for them."""

from grants.actions.imports.people import WORK, assign_columns, cancel_import, order_import, start_import
from grants.actions.imports.worker import advance, waiting

__all__ = ["WORK", "advance", "assign_columns", "cancel_import", "order_import", "start_import", "waiting"]
