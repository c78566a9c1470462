"""Pages that say what went wrong and how to go on, and the page of all components for developers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mijoz.ui import style_page


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        400,
        _("This request cannot be understood"),
        _("The address or the form was damaged on its way. Go back, reload the page and send it again."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        403,
        _("Your role does not open this page"),
        _("If you need it for your work, ask an owner to change your role."),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        404,
        _("There is no such page"),
        _("It may have been moved or deleted, or the address has a typing error."),
    )


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """`allowed` are the methods that the address takes."""
    page = _error(
        request,
        405,
        _("This page cannot be opened by its address"),
        _("It only takes a form from another page. Go back and use the button there."),
    )
    page["Allow"] = allowed
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        _("This form was open for too long"),
        _("To keep your account safe it was not sent. Go back, reload the page and send the form again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request, since what a page needs from the database may be what failed."""
    page = render_to_string(
        "ui/error.html",
        {
            "code": 500,
            "title": _("Something broke on our side"),
            "text": _("The fault is written to the log. Try again in a minute; if it stays, tell whoever runs Mijoz."),
        },
    )
    return HttpResponse(page, status=500)


def _error(request: HttpRequest, code: int, title: str, text: str) -> HttpResponse:
    return render(request, "ui/error.html", {"code": code, "title": title, "text": text}, status=code)


def style(request: HttpRequest) -> HttpResponse:
    """All components with sample values; its address exists only in debug mode."""
    if request.GET.get("say"):
        messages.success(request, "Chilonzor was saved.")
        messages.error(request, "Two rows could not be used; the rejects file says why.")
    return render(request, "ui/style.html", style_page.sample(request))


def style_chart(request: HttpRequest) -> HttpResponse:
    """The sample chart that is loaded from an address."""
    return JsonResponse(style_page.FIGURES["services"])


def style_progress(request: HttpRequest) -> HttpResponse:
    """The sample job, a tenth further at every look."""
    tenths = min(int(request.GET.get("tenths", "0")) + 1, 10)
    return render(request, "ui/partials/style_progress.html", style_page.job(tenths))


for view in (style, style_chart, style_progress):
    view.allowed_roles = None  # type: ignore[attr-defined]  # open to anyone
