"""A refused method says so in a page: Django's own answer is empty."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mijoz.ui.views import method_not_allowed


class MethodNotAllowedPage:
    """Fills the answer 405 for who looks at it in a browser, such as by the address of a form's target."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        return method_not_allowed(request, allowed=response["Allow"])
