"""The signed-in member of staff on the request, and the gate that refuses views without declared rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from mijoz.business.queries import business
from mijoz.business.tracking import on_behalf_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Pages of django-allauth. What is not named stays shut: nobody signs up or has a mail sent.
OPEN_TO_ANYONE = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)
OPEN_TO_STAFF = frozenset(
    {
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)


class StaffMiddleware:
    """Sets `request.staff`: the signed-in, active member of staff, or None.

    For staff it sets `request.business` too, and the business's time zone, in which every page shows its moments.
    What staff were shown is kept by no cache, so that it is gone from a shared computer with the sign-out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.staff = user if user.is_authenticated and user.is_active else None  # type: ignore[attr-defined]
        if request.staff is None:  # type: ignore[attr-defined]
            return self.get_response(request)
        request.business = business()  # type: ignore[attr-defined]
        with timezone.override(request.business.zone):  # type: ignore[attr-defined]
            response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class HistoryMiddleware:
    """Lets the change history know who changes what by a request, and at which address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        staff = request.staff  # type: ignore[attr-defined]
        if staff is None or request.method in SAFE:
            return self.get_response(request)
        with on_behalf_of(staff=staff.pk, url=request.path):
            return self.get_response(request)


class DenyByDefaultMiddleware:
    """Runs a view only for those whom it names.

    Our own views carry `allowed_roles` (see `rights.allow`); pages of the sign-in library are named above.
    A view that says nothing is refused, so that a forgotten declaration shows at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: list[Any], named: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if hasattr(view, "allowed_roles"):
            roles = view.allowed_roles
        elif name in OPEN_TO_ANYONE:
            roles = None
        elif name in OPEN_TO_STAFF:
            roles = frozenset({"*"})
        else:
            raise PermissionDenied
        if roles is None:
            return None
        staff = request.staff  # type: ignore[attr-defined]
        if staff is None:
            return self._ask_to_sign_in(request)
        if "*" in roles or staff.role in roles:
            return None
        raise PermissionDenied

    @staticmethod
    def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
        """The sign-in page, and from there back to the page the person was on, never to a fragment or a POST."""
        htmx = request.htmx  # type: ignore[attr-defined]
        wanted = htmx.current_url_abs_path if htmx else request.get_full_path() if request.method == "GET" else None
        sign_in = reverse("account_login")
        if wanted:
            sign_in += f"?next={quote(wanted)}"
        if htmx:
            return HttpResponse(status=401, headers={"HX-Redirect": sign_in})
        return redirect(sign_in)
