"""Who may change what of a customer; who may only look is not named."""

from __future__ import annotations

from mijoz.business.models import Role
from mijoz.business.rights import LEADS

PROTOCOL_WRITERS = LEADS | {Role.FRONT_OFFICE}
DESCRIBERS = PROTOCOL_WRITERS | {Role.OPERATOR}  # who talk with customers write down what these tell
MERGERS = PROTOCOL_WRITERS  # who meet people see that two customers are one; LEADS part them again
IMPORTERS = LEADS | {Role.MARKETER, Role.ANALYST}
NOTE_WRITERS = DESCRIBERS | {Role.SERVICE_MASTER, Role.MARKETER}
TAGGERS = DESCRIBERS | {Role.MARKETER}
