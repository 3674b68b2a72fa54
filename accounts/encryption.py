"""Fields whose content a reader of the database file cannot read."""

import hashlib
import hmac

from django.conf import settings
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedCharField


class SecretCharField(EncryptedCharField):
    """A text encrypted with `FIELD_ENCRYPTION_KEYS` (Fernet keys, newest first).

    The library derives its key from SECRET_KEY; with keys of their own, sessions can be ended by a new
    SECRET_KEY without losing bank data.
    """

    @cached_property
    def keys(self) -> list[bytes]:
        return [key.encode() for key in settings.FIELD_ENCRYPTION_KEYS]


def fingerprint(value: str) -> str:
    """Return a keyed hash (hex) by which equal secrets can be found without decrypting any."""
    key = settings.FIELD_ENCRYPTION_KEYS[-1].encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
