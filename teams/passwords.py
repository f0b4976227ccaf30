"""Passwords: argon2id (RFC 9106), checked in constant work whether or not the user exists."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foundation.errors import SahaError

SHORTEST = 10

# The OWASP password storage cheat sheet's argon2id setting: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobody = _hasher.hash("nobody has this password")


class WeakPassword(SahaError):
    """The password is too short to be kept."""

    code = "auth.weak_password"


def hash_password(password: str) -> str:
    """Hash a new password. Raises `WeakPassword` below ten characters."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Parola en az {SHORTEST} karakter olmalıdır.")
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Compare; for a user who does not exist (None) the same work is done, so that timing tells nothing."""
    try:
        _hasher.verify(password_hash or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
