"""The customer and all that is kept about one."""

from mijoz.customers.models.audit import AuditDay, AuditScore
from mijoz.customers.models.consent import Confirmation, Consent, ConsentText, Purpose
from mijoz.customers.models.identities import Merge, Ownership, Pair
from mijoz.customers.models.importing import Imported, ImportedTrait, ImportRun
from mijoz.customers.models.matching import MatchingRules, Resolution
from mijoz.customers.models.people import LANGUAGES, Customer, Profile, Protocol
from mijoz.customers.models.privacy import (
    ChecklistAnswer,
    ErasedIdentifier,
    Look,
    MetAgain,
    PortalLink,
    PrivacySettings,
    RetentionRule,
    RetentionRun,
    SubjectRequest,
)
from mijoz.customers.models.told import Note, Preferences, Relation, Tag, Tagging, Trait

__all__ = [
    "LANGUAGES",
    "AuditDay",
    "AuditScore",
    "ChecklistAnswer",
    "Confirmation",
    "Consent",
    "ConsentText",
    "Customer",
    "ErasedIdentifier",
    "ImportRun",
    "Imported",
    "ImportedTrait",
    "Look",
    "MatchingRules",
    "Merge",
    "MetAgain",
    "Note",
    "Ownership",
    "Pair",
    "PortalLink",
    "Preferences",
    "PrivacySettings",
    "Profile",
    "Protocol",
    "Purpose",
    "Relation",
    "Resolution",
    "RetentionRule",
    "RetentionRun",
    "SubjectRequest",
    "Tag",
    "Tagging",
    "Trait",
]
