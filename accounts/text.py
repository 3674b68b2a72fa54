"""Text that can be searched and sorted alike on every database."""

import unicodedata

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d"})


def search_key(*parts: str) -> str:
    """Return the parts joined, casefolded, umlauts written out (DIN 5007-2), accents dropped.

    SQLite folds ASCII only, so the key is stored and both the row and the query pass through here.
    """
    text = unicodedata.normalize("NFC", " ".join(part for part in parts if part)).casefold()
    # Casefolding a dotted capital I leaves a combining dot behind; decomposition below removes it.
    text = text.translate(_GERMAN)
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(ch for ch in decomposed if not unicodedata.combining(ch)).split())


def register_key(number: str) -> str:
    """Return the number of a register as it is compared: its letters and digits alone, at most 40."""
    return "".join(sign for sign in search_key(number) if sign.isalnum())[:40]
