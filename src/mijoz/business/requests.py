"""What a view of ours is given: a request with the member of staff, and what htmx says of itself."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from mijoz.business.models import Business, StaffMember


class StaffRequest(HttpRequest):
    """A request behind `rights.allow`: somebody is signed in. On pages open to anyone `staff` may be None."""

    staff: StaffMember
    business: Business
    htmx: HtmxDetails
