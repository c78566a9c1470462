"""What narrows the change history; what cannot be read narrows nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.business import history
from mijoz.business.models import StaffMember
from mijoz.ui.forms import DayInput

LAST_PAGE = 200


class HistoryForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    of = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    staff = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        queryset=StaffMember.objects.all(),
        empty_label=gettext_lazy("Anybody"),
    )
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput)
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DayInput)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, auto_id="history_%s")
        self.fields["kind"].choices = [("", _("Everything")), *history.kinds()]  # type: ignore[attr-defined]
        self.full_clean()

    def asked(self, zone: ZoneInfo) -> history.Asked:
        told = self.cleaned_data
        staff: StaffMember | None = told.get("staff")
        return history.Asked(
            kind=told.get("kind", ""),
            number=told.get("of", "").replace("\0", ""),
            staff=staff.pk if staff else None,
            since=_midnight(told.get("since"), zone),
            until=_midnight(told.get("until"), zone, days=1),
        )

    def page(self) -> int:
        told = self.data.get("page", "")
        return min(max(1, int(told)), LAST_PAGE) if told.isascii() and told.isdigit() and len(told) < 6 else 1


def _midnight(day: date | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=days), time(), tzinfo=zone)
