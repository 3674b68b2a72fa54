"""The terms of the field in plain words: told where they stand on a page (tag ``term``) and all together on one page.

The explanations are the office's, not the law's: what binds is the letter and its guideline.
"""

from accounts.glossary.applying import APPLYING
from accounts.glossary.deciding import DECIDING
from accounts.glossary.terms import Term

__all__ = ["TERMS", "Term"]

TERMS = {term.key: term for term in (*APPLYING, *DECIDING)}
