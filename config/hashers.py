"""The cost of a password."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: the OWASP minimum, about 20 ms a sign-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
