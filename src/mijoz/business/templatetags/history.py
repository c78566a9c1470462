"""`{% history_link segment %}`: the way to the changes of one thing, for those who may read them."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.db.models import Model
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mijoz.business.rights import LEADS
from mijoz.ui.templatetags.mijoz import icon

register = template.Library()


@register.simple_tag(takes_context=True)
def history_link(context: Context, thing: Model | str) -> SafeString:
    """A button to the history of `thing`, a row or a whole kind such as "channels.ChannelAccount"; nothing for who may
    not see it."""
    request = context.get("request")
    staff = getattr(request, "staff", None)
    if staff is None or staff.role not in LEADS:
        return SafeString("")
    asked = {"kind": thing} if isinstance(thing, str) else {"kind": thing._meta.label, "of": str(thing.pk)}
    query = urlencode(asked)
    address = f"{reverse('business:history')}?{query}"
    return format_html('<a class="btn" href="{}">{}{}</a>', address, icon("history"), _("History"))
