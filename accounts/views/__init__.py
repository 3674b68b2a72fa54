"""Pages of the ground floor."""

from accounts.views.people import set_language

__all__ = ["set_language"]
