from __future__ import annotations

from django.utils.functional import Promise


class ImportRefused(ValueError):
    """The file as a whole cannot be used; the message says why and what would be right."""

    def __init__(self, message: str | Promise, **parameters: object) -> None:
        super().__init__(message)
        self.message = message
        self.parameters = parameters

    def __str__(self) -> str:
        return str(self.message) % self.parameters if self.parameters else str(self.message)
