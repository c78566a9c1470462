"""Passwords of accounts are kept sealed with a key made from the installation's secret key."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from mijoz.business.sealing import fernet

PURPOSE = b"mijoz channel account secrets, 1"


class SealBroken(ValueError):
    """The secret was sealed with another secret key; it has to be typed in again."""


def seal(secret: str) -> str:
    """`secret` as a token that only this installation opens; "" stays ""."""
    return fernet(PURPOSE).encrypt(secret.encode()).decode() if secret else ""


def unseal(token: str) -> str:
    """The secret in `token`; raises SealBroken."""
    if not token:
        return ""
    try:
        return fernet(PURPOSE).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("the secret key of this installation has changed") from error
