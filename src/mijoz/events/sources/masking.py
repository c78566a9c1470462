"""Messages and rows as a role sees them: from those who contact nobody every personal value is hidden. Pure."""

from __future__ import annotations

import re
from typing import Any

DOTS = "•••"
# What tells nothing of a person; every other text is hidden, since nobody knows what a sender calls a phone.
NAMES = (
    "type event messageid timestamp originaltimestamp sentat currency branch channel item quantity qty amount sum total"
    " discount price unitprice reference operation operationtype receiptnumber checknumber ordernumber product"
    " productname sku category closedat createdat score rating version library purpose source integrations"
)
PLAIN = frozenset(NAMES.split())


def masked(tree: Any, *, key: str = "") -> Any:
    """The tree with every text hidden that stands under no name of PLAIN, and every number that may be a phone."""
    if isinstance(tree, dict):
        return {name: masked(value, key=str(name)) for name, value in tree.items()}
    if isinstance(tree, list):
        return [masked(value, key=key) for value in tree]
    if tree is None or isinstance(tree, bool) or re.sub(r"[\W_]", "", key.casefold()) in PLAIN:
        return tree
    if isinstance(tree, int | float):
        return tree if abs(tree) < 100_000 else DOTS
    return DOTS if tree else tree


def masked_value(kind: str, value: str) -> str:
    """The value of an identity, of which the last two characters tell it from others."""
    return value if kind == "customer_number" else f"{DOTS}{value[-2:]}"
