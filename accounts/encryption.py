"""Fields whose content a reader of the database file cannot read."""

import base64
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedCharField


def _secrets() -> list[str]:
    """Return the keys there are, the one for writing first."""
    return [settings.FIELD_ENCRYPTION_KEY, *getattr(settings, "FIELD_ENCRYPTION_KEY_FALLBACKS", [])]


def _derived(purpose: bytes, secret: str) -> bytes:
    # The secret is long and random (settings refuse others), so one keyed hash is derivation enough.
    return hmac.new(secret.encode(), purpose, hashlib.sha256).digest()


class Sealed(str):
    """What the database holds of a secret, not decrypted."""


class _Opened(DeferredAttribute):
    """Decrypts when the value is asked for, so that a row is read and saved by those who do not need the secret."""

    field: "SecretCharField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        return self.field.open(value) if isinstance(value, Sealed) else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SecretCharField(EncryptedCharField):  # type: ignore[misc]  # the library is untyped
    """A text encrypted with a key of its own (`FIELD_ENCRYPTION_KEY`, a secret of at least 32 characters).

    The library derives its key from SECRET_KEY; with a key apart, sessions can be ended by a new SECRET_KEY
    without losing bank data. It also takes what it cannot decrypt for plain text and decrypts whatever a form
    sends; here only values from the database are decrypted, and a wrong key is an error where the secret is
    asked for, not on every page that loads the row.
    """

    descriptor_class = _Opened

    @cached_property
    def keys(self) -> list[bytes]:
        """The keys to try, the one for writing first."""
        return [base64.urlsafe_b64encode(_derived(b"field", secret)) for secret in _secrets()]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Take a secret that nobody changed as it was stored."""
        return model_instance.__dict__.get(self.attname, "")

    def get_prep_value(self, value: Any) -> str:
        """Encrypt; an empty text stays empty, what is sealed stays sealed."""
        if isinstance(value, Sealed):
            return str(value)
        return self.f.encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, *_args: Any) -> str:
        """Keep what the database holds until somebody asks for it."""
        return Sealed(value) if value else ""

    def open(self, sealed: Sealed) -> str:
        """Decrypt. Raises: InvalidToken when no key fits, or the value is damaged."""
        opened: str = self.f.decrypt(sealed.encode()).decode()
        return opened

    def to_python(self, value: Any) -> Any:
        """Take a value from a form as it is."""
        return models.CharField.to_python(self, value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Validate as any text."""
        return models.CharField.clean(self, value, model_instance)


def fingerprint(value: str) -> str:
    """Return a keyed hash (hex) by which equal secrets can be found without decrypting any."""
    return _hash(value, settings.FIELD_ENCRYPTION_KEY)


def is_fingerprint_of(stored: str, value: str) -> bool:
    """Tell whether the hash was made of this secret, with today's key or a former one that is still named."""
    return any(hmac.compare_digest(stored, _hash(value, secret)) for secret in _secrets())


def _hash(value: str, secret: str) -> str:
    return hmac.new(_derived(b"fingerprint", secret), value.encode(), hashlib.sha256).hexdigest()
