"""Passwords of accounts are kept sealed with a key made from the installation's secret key."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"mijoz channel account secrets, 1"


class SealBroken(ValueError):
    """The secret was sealed with another secret key; it has to be typed in again."""


def seal(secret: str) -> str:
    """`secret` as a token that only this installation opens; "" stays ""."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def unseal(token: str) -> str:
    """The secret in `token`; raises SealBroken."""
    if not token:
        return ""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("the secret key of this installation has changed") from error


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
