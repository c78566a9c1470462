"""Forms about people: the account that a link makes, the own account, an invitation, a change of role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.business.models import Branch, Invitation, Role, StaffMember


class PasswordInput(forms.PasswordInput):
    """A new password; a script adds the button that shows it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "data-shows-password": ""})


class OwnAccountForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class WelcomeForm(OwnAccountForm):
    """The account that a one-time link makes; the address is fixed when the link was made for somebody."""

    field_order = ["name", "email", "password", "language"]

    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=_("You sign in with it."),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=PasswordInput,
        help_text=_("At least 10 characters. Three unrelated words are easy to remember."),
    )

    def __init__(self, *arguments: Any, invitation: Invitation, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.invitation = invitation
        if invitation.address:
            self.fields["email"].disabled = True
            self.initial["email"] = invitation.address
            self.fields["email"].help_text = _("The invitation is for this address.")
        self.initial.setdefault("name", invitation.person)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        taken = StaffMember.objects.filter(email__iexact=email)
        if self.invitation.member_id:
            taken = taken.exclude(pk=self.invitation.member_id)
        if taken.exists():
            raise forms.ValidationError(_("This address already has an account. Sign in with it, or use another one."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            person = StaffMember(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class PostForm(forms.Form):
    """Role and branch of somebody; only an owner may make somebody an owner."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.all(),
        required=False,
        empty_label=_("All branches"),
        help_text=_("Where this person works; “All branches” for the whole business."),
    )

    def __init__(self, *arguments: Any, by: StaffMember, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if by.role != Role.OWNER:
            role: Any = self.fields["role"]
            role.choices = [choice for choice in Role.choices if choice[0] != Role.OWNER]


class InvitationForm(PostForm):
    field_order = ["name", "email", "role", "branch"]

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), help_text=_("The person will sign in with it."))

    def __init__(self, *arguments: Any, by: StaffMember, **named: Any) -> None:
        super().__init__(*arguments, by=by, **named)
        self.initial.setdefault("role", Role.FRONT_OFFICE)


class MemberForm(PostForm):
    """Role, branch and whether the account is open."""

    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Unticked, the person is signed out at once on every device. What they did stays in the log."),
    )

    def __init__(self, *arguments: Any, by: StaffMember, who: StaffMember, **named: Any) -> None:
        super().__init__(*arguments, by=by, **named)
        if who == by:
            self.fields["is_active"].disabled = True
            self.fields["is_active"].help_text = _("You cannot close your own account.")
