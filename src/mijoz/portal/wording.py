"""The words of the page behind the link of a message."""

from __future__ import annotations

from mijoz.customers.privacy.texts import Words, refusal, words_for

ONE_CLICK = "List-Unsubscribe=One-Click"

__all__ = ["ONE_CLICK", "Words", "refusal", "words_for"]
