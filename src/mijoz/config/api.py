"""The API for programs at /api/v1: routers of the apps, refused by default, errors as problems, POSTs done once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from mijoz.business.models import ApiAnswer, ApiKey
from mijoz.business.programs import Bearer, Problem, Wrong, key_of
from mijoz.business.tracking import on_behalf_of
from mijoz.customers.api import router as customers
from mijoz.customers.api_about import router as about_customers
from mijoz.customers.identity.api import router as merges
from mijoz.customers.identity.holding import Erased
from mijoz.customers.privacy.api import router as privacy
from mijoz.loyalty.api import router as offers
from mijoz.scenarios.next_offer.api import router as next_offers

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
NO_KEY = Problem(401, "Give a valid key as bearer token in Authorization.", headers={"WWW-Authenticate": "Bearer"})
FORGOTTEN = {401, 403, 404, 405, 429}  # nothing was done: the same call may be made anew
OPEN = {"openapi-json", "api-root"}
LONGEST_KEY = 255
DESCRIPTION = """
Customers of a service business, for programs that work with them. Every call carries a key as bearer token; what it may
do stands in its scopes. Every POST carries an `Idempotency-Key`: the same call with the same key is done once and gets
the same answer again, for two days. Phones and e-mails are masked unless the key has the scope `contacts:read`.
Errors are problem documents (RFC 9457) whose `errors` say where and what.
"""
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Any text of your own, new for each new call, such as a UUID.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[!-~]+$"},
}
PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}
REFUSALS = {400: "cannot be read", 401: "no valid key", 403: "scope missing", 404: "not there", 409: "conflict",
            422: "not as it should be"}  # fmt: skip


class Api(NinjaAPI):
    """NinjaAPI whose document says what holds for every operation."""

    def get_openapi_schema(self, *arguments: Any, **named: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*arguments, **named)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        answer = {"content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for path in schema["paths"].values():
            for method, operation in path.items():
                if method == "post":
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
                for status, meaning in REFUSALS.items():
                    operation["responses"].setdefault(status, {"description": meaning, **answer})
        return schema


def problem_response(problem: Problem) -> HttpResponse:
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title or HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        told["errors"] = [{"where": wrong.where, "what": wrong.what} for wrong in problem.errors]
    body = json.dumps(told, ensure_ascii=False)
    return HttpResponse(body, status=problem.status, content_type=PROBLEM_JSON, headers=problem.headers)


api = Api(
    title="Mijoz",
    version="1",
    description=DESCRIPTION,
    auth=Bearer(""),  # nobody: each operation says what it needs
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", customers)
api.add_router("", about_customers)
api.add_router("", merges)
api.add_router("", privacy)
api.add_router("", offers)
api.add_router("", next_offers)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_response(problem)


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_response(NO_KEY)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(Problem(error.status_code, str(error)))


@api.exception_handler(Erased)
@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_response(Problem(404, "There is no such thing."))


@api.exception_handler(ValidationError)
def _not_as_it_should_be(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [Wrong(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors]
    return problem_response(Problem(422, "The call is not as it should be.", errors=wrong))


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("The API failed: %s", type(error).__name__)
    return problem_response(Problem(500, "Something went wrong here; it was noted."))


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in programs with a valid key alone, whatever they ask for, and do a POST once."""

    def run(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return problem_response(NO_KEY)
        request.api_key = key  # type: ignore[attr-defined]
        answer = partial(view, request, *arguments, **named)
        with on_behalf_of(program=key.name, url=request.path):
            return _once(request, key, answer) if request.method == "POST" else answer()

    return csrf_exempt(run)


def _once(request: HttpRequest, key: ApiKey, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Do a POST once for each key and Idempotency-Key; made again, it gets the answer that was given.

    The answer is written in the transaction of the deed: a second call at the same moment waits for the first.
    """
    own = request.headers.get("Idempotency-Key", "")
    if not own or len(own) > LONGEST_KEY or not own.isascii() or not own.isprintable() or " " in own:
        return problem_response(Problem(400, "A POST needs an Idempotency-Key of 1 to 255 visible characters."))
    call = hashlib.sha256(request.get_full_path().encode() + b"\n" + request.body).hexdigest()
    with transaction.atomic():
        if not _is_first(ApiAnswer(key=key, idempotency_key=own, call=call)):
            return _said_before(ApiAnswer.objects.get(key=key, idempotency_key=own), call)
        given = answer()
        if given.status_code in FORGOTTEN or given.status_code >= 500:
            transaction.set_rollback(True)
            return given
        ApiAnswer.objects.filter(key=key, idempotency_key=own).update(
            status=given.status_code, content_type=given.headers["Content-Type"], body=given.content.decode()
        )
    return given


def _is_first(fresh: ApiAnswer) -> bool:
    """Whether nobody made this call before; waits for somebody who makes it at this moment."""
    ApiAnswer.objects.bulk_create([fresh], ignore_conflicts=True)
    return ApiAnswer.objects.filter(
        key=fresh.key, idempotency_key=fresh.idempotency_key, status=0, call=fresh.call
    ).exists()


def _said_before(known: ApiAnswer, call: str) -> HttpResponse:
    if known.call != call:
        return problem_response(Problem(422, "This Idempotency-Key was used for another call."))
    return HttpResponse(
        known.body, status=known.status, content_type=known.content_type, headers={"Idempotent-Replayed": "true"}
    )


def _patterns() -> list[URLPattern]:
    """The API's addresses. The gate of the pages lets everybody pass, since each asks for a key itself."""
    patterns = cast(list[URLPattern], api.urls[0])
    for pattern in patterns:
        if pattern.name not in OPEN:
            pattern.callback = _guarded(pattern.callback)
        pattern.callback.allowed_roles = None  # type: ignore[attr-defined]
    return patterns


urls = (_patterns(), "ninja", "api")
