"""How a form tells what is wrong, and to whom."""

from __future__ import annotations

from django import forms

from mijoz.ui.forms import DayInput


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the door <b>")
    opened_on = forms.DateField(widget=DayInput(), required=False)


def test_an_error_and_the_help_are_tied_to_the_field() -> None:
    html = Sample({"name": ""}).as_p() and str(Sample({"name": ""}))
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert "id_name_helptext" in html.split("aria-describedby=")[1][:60]
    assert "is-invalid" in html


def test_help_is_escaped() -> None:
    assert "As on the door &lt;b&gt;" in str(Sample())


def test_what_may_stay_empty_is_called_optional() -> None:
    assert str(Sample()).count("mj-optional") == 1


def test_a_day_is_given_as_the_browsers_calendar_wants_it() -> None:
    from datetime import date

    assert 'type="date" name="opened_on" value="2026-03-31"' in str(Sample(initial={"opened_on": date(2026, 3, 31)}))
