"""Where a test SMS goes: to the number that whoever asks for it has typed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mijoz.business.requests import StaffRequest
from mijoz.channels import queries
from mijoz.channels.actions import TrialFailed
from mijoz.channels.models import Channel
from mijoz.channels.sms.compose import saved
from mijoz.channels.sms.transport import can_be_reached
from mijoz.customers import contacts


def number_of(request: StaffRequest) -> str:
    """The number in E.164. Raises TrialFailed with what would be right."""
    typed = request.POST.get("trial_phone", "").replace("\0", "").strip()[:40]
    if not typed:
        raise TrialFailed(_("Type the number to which the test message goes."))
    try:
        phone = contacts.normal_phone(typed)
    except contacts.NotAPhone as wrong:
        raise TrialFailed(
            _("“%(number)s” is no phone number. Write it as +998 90 123 45 67.") % {"number": typed}
        ) from wrong
    account = queries.account(Channel.SMS)
    if account is not None and not can_be_reached(phone, saved(account.settings)):
        raise TrialFailed(
            _("%(number)s is a number of another country, or not whole: such ones are not written to.")
            % {"number": contacts.spaced(phone)}
        )
    return phone
