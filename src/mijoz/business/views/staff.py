"""Staff and roles: who works here, who is invited, what each may do."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mijoz.business import actions, queries, rights
from mijoz.business.forms.staff import InvitationForm, MemberForm
from mijoz.business.models import Invitation, Role, StaffMember
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.ui.export import csv_response

ROWS_A_PAGE = 50


@require_GET
@allow(Role.MANAGER)
def staff_list(request: StaffRequest) -> HttpResponse:
    shown = {
        "page": Paginator(queries.staff_list(request.GET), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "invitations": queries.open_invitations(timezone.now()),
        "roles": Role.choices,
        "branches": queries.branches(),
        "is_alone": StaffMember.objects.count() == 1,
    }
    return render(request, "business/staff/list.html", shown)


@require_GET
@allow(Role.MANAGER)
def export(request: StaffRequest) -> HttpResponseBase:
    head = [pgettext("person", "Name"), _("E-mail"), _("Role"), _("Branch"), _("May sign in"), _("Last seen")]
    rows = [
        [
            who.name,
            who.email,
            who.get_role_display(),
            who.branch or "",
            _("yes") if who.is_active else _("no"),
            f"{timezone.localtime(who.last_login):%Y-%m-%d %H:%M}" if who.last_login else "",
        ]
        for who in queries.staff_list(request.GET)
    ]
    return csv_response([head, *rows], file_name="staff.csv")


@require_GET
@allow(Role.MANAGER)
def roles(request: StaffRequest) -> HttpResponse:
    return render(request, "business/staff/roles.html", {"roles": Role.choices, "rights": rights.table()})


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER, does=gettext_lazy("Invite and change staff"))
def invite(request: StaffRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, by=request.staff)
    if request.method == "POST" and form.is_valid():
        try:
            token, invitation = actions.invite(**form.cleaned_data, by=request.staff, at=timezone.now())
        except (actions.AddressTaken, actions.OwnersOnly) as refusal:
            form.add_error("email", str(refusal))
        else:
            return _show_link(request, token, invitation)
    return render(request, "business/staff/invite.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allow(Role.MANAGER)
def member(request: StaffRequest, pk: int) -> HttpResponse:
    who = get_object_or_404(queries.staff_list(), pk=pk)
    initial = {"role": who.role, "branch": who.branch_id, "is_active": who.is_active}
    form = MemberForm(request.POST or None, by=request.staff, who=who, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_staff(who, **form.cleaned_data, by=request.staff)
        except (actions.LastOwner, actions.OwnersOnly) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": who})
            return redirect("business:staff")
    return render(request, "business/staff/member.html", {"who": who, "form": form}, status=400 if form.errors else 200)


@require_POST
@allow(Role.MANAGER)
def new_link(request: StaffRequest, pk: int) -> HttpResponse:
    """A link by which somebody who forgot the password gets in again."""
    who = get_object_or_404(StaffMember, pk=pk, is_active=True)
    try:
        return _show_link(request, *actions.renew_access(who, by=request.staff, at=timezone.now()))
    except actions.OwnersOnly as refusal:
        messages.error(request, str(refusal))
    return redirect("business:member", pk)


@require_POST
@allow(Role.MANAGER)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, used_at=None)
    try:
        actions.withdraw_invitation(invitation, by=request.staff)
    except actions.OwnersOnly as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The link for %(name)s no longer works.") % {"name": invitation})
    return redirect("business:staff")


def _show_link(request: StaffRequest, token: str, invitation: Invitation) -> HttpResponse:
    """The link, this one time: only its digest is kept."""
    link = request.build_absolute_uri(reverse("business:welcome", args=[token]))
    return render(request, "business/staff/link.html", {"link": link, "invitation": invitation})
