from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.text import search_key

# The people of the demo have addresses here; nobody else can, the domain is kept free for examples.
DEMO_DOMAIN: Final = "demo.example"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who signs in with `email` (stored in lower case)."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who signs in. Rights come from roles and memberships alone; there is no superuser."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, default="de")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # The library reads these two; they open nothing here and the database keeps them false.
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    search_key = models.CharField(max_length=400, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["search_key", "pk"]

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Set what lists search and sort by."""
        self.search_key = search_key(self.full_name, self.email)[:400]

    def get_full_name(self) -> str:
        return self.full_name or self.email

    @property
    def is_invented(self) -> bool:
        """One of the demo's people."""
        return self.email.endswith(f"@{DEMO_DOMAIN}")


class System:
    """The actor of clocks and sweeps, where no person acts."""

    pk: Final = None
    is_authenticated: Final = True
    is_active: Final = True

    def __str__(self) -> str:
        return "System"


SYSTEM: Final = System()
Person = User | System
