from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST_BYTES = 1024 * 1024


class PooledForm(forms.Form):
    """A CSV file of pooled figures."""

    file = forms.FileField(label=gettext_lazy("CSV file with kpi, period, p25, median, p75, n"))

    def clean_file(self) -> bytes:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB. Pooled figures are a few rows."))
        content: bytes = file.read()
        return content
