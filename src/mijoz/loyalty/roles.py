"""Who does what with offers and points."""

from __future__ import annotations

from mijoz.business.models import Role
from mijoz.business.rights import LEADS

EDITORS = LEADS | {Role.MARKETER}
READERS = EDITORS | {Role.ANALYST}
TILL = LEADS | {Role.FRONT_OFFICE}
