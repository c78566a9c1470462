"""Who looks after sources, who may look at them, and from whom personal values are hidden."""

from __future__ import annotations

from mijoz.business.models import Role

KEEPERS = frozenset({Role.OWNER, Role.MANAGER})
READERS = KEEPERS | {Role.ANALYST}
HIDDEN_FROM = frozenset({Role.ANALYST})  # who works with figures and contacts nobody
