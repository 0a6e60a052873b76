"""Keeping secrets in the database so that the database alone does not give them away (R9).

The keys are derived from the secret key of the installation, one per purpose; what it is about (a user) is bound in,
so that a sealed value copied to another row opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from weft.core.config import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["Unreadable", "keyed_hash", "seal", "unseal"]

_NONCE = 12


class Unreadable(ValueError):
    """A sealed value was made with another key, for something else, or was changed."""


def seal(settings: Settings, purpose: str, text: str, *, about: str) -> str:
    """Encrypt a text (AES-256-GCM); the result is letters, digits, ``-`` and ``_``.

    Args:
        purpose: names the key, such as ``second-factor``.
        about: what the value belongs to; :func:`unseal` must be given the same.
    """
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(settings.secret_key, purpose).encrypt(nonce, text.encode(), about.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode("ascii").rstrip("=")


def unseal(settings: Settings, purpose: str, sealed: str, *, about: str) -> str:
    """Decrypt what :func:`seal` made, with the present secret key or an older one.

    Raises:
        Unreadable: it cannot be opened.
    """
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
    except (ValueError, UnicodeEncodeError) as error:
        raise Unreadable("not a sealed value") from error
    for key in (settings.secret_key, *settings.old_secret_keys):
        try:
            return _cipher(key, purpose).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unreadable("made with another key, or changed")


def keyed_hash(settings: Settings, purpose: str, text: str, *, about: str) -> list[str]:
    """Hashes of a short secret under the present secret key (first) and the older ones.

    Without the key, short secrets cannot be guessed from their hashes.
    """
    keys = (settings.secret_key, *settings.old_secret_keys)
    message = f"{about}:{text}".encode("utf-8", "replace")
    return [hmac.new(_derive(key, purpose), message, hashlib.sha256).hexdigest() for key in keys]


@lru_cache(maxsize=32)
def _derive(key: str, purpose: str) -> bytes:
    """HKDF with SHA-256, one block (RFC 5869)."""
    extracted = hmac.new(b"weft", key.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()


def _cipher(key: str, purpose: str) -> AESGCM:
    # Imported when first needed: a start must not wait for it.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(_derive(key, purpose))
