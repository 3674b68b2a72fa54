"""Fields whose content a reader of the database file cannot read."""

import base64
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedCharField


def _derived(purpose: bytes, secret: str) -> bytes:
    # The secret is long and random (settings refuse others), so one keyed hash is derivation enough.
    return hmac.new(secret.encode(), purpose, hashlib.sha256).digest()


class SecretCharField(EncryptedCharField):  # type: ignore[misc]  # the library is untyped
    """A text encrypted with a key of its own (`FIELD_ENCRYPTION_KEY`, a secret of at least 32 characters).

    The library derives its key from SECRET_KEY; with a key apart, sessions can be ended by a new SECRET_KEY
    without losing bank data. It also takes what it cannot decrypt for plain text and decrypts whatever a form
    sends; here only values from the database are decrypted, and a wrong key is an error.
    """

    @cached_property
    def keys(self) -> list[bytes]:
        """The keys to try, the one for writing first."""
        secrets = [settings.FIELD_ENCRYPTION_KEY, *getattr(settings, "FIELD_ENCRYPTION_KEY_FALLBACKS", [])]
        return [base64.urlsafe_b64encode(_derived(b"field", secret)) for secret in secrets]

    def get_prep_value(self, value: Any) -> str:
        """Encrypt; an empty text stays empty."""
        return self.f.encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_args: Any) -> str:
        """Decrypt what the database holds."""
        return self.f.decrypt(value.encode()).decode() if value else ""

    def to_python(self, value: Any) -> Any:
        """Take a value from a form as it is."""
        return models.CharField.to_python(self, value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Validate as any text."""
        return models.CharField.clean(self, value, model_instance)


def fingerprint(value: str) -> str:
    """Return a keyed hash (hex) by which equal secrets can be found without decrypting any."""
    key = _derived(b"fingerprint", settings.FIELD_ENCRYPTION_KEY)
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
