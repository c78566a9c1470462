"""The customer and all that is kept about one."""

from mijoz.customers.models.consent import Consent, Purpose
from mijoz.customers.models.identities import Merge, Ownership, Pair
from mijoz.customers.models.importing import ImportRun
from mijoz.customers.models.people import LANGUAGES, Customer, Profile, Protocol
from mijoz.customers.models.privacy import Look, SubjectRequest
from mijoz.customers.models.told import Note, Preferences, Relation, Tag, Tagging, Trait

__all__ = [
    "LANGUAGES",
    "Consent",
    "Customer",
    "ImportRun",
    "Look",
    "Merge",
    "Note",
    "Ownership",
    "Pair",
    "Preferences",
    "Profile",
    "Protocol",
    "Purpose",
    "Relation",
    "SubjectRequest",
    "Tag",
    "Tagging",
    "Trait",
]
