"""The calls of the ingest API where Django serves them itself; `mijoz start` answers them in asgi.py."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mijoz.business.rights import allow_anyone
from mijoz.events.ingest.asgi import FROM_ANYWHERE, answer_to_method
from mijoz.events.ingest.calls import BODY_BYTES, Answer, Call, answer_refusing, too_large
from mijoz.events.ingest.document import document
from mijoz.events.ingest.together import serve


@csrf_exempt
@allow_anyone
def take(request: HttpRequest, call: str) -> HttpResponse:
    """Take the messages of a call; its write key says who may."""
    answer = _answer(request, call)
    headers = FROM_ANYWHERE | answer.headers
    return HttpResponse(answer.body, status=answer.status, headers=headers, content_type="application/json")


@require_safe
@allow_anyone
def describe(request: HttpRequest) -> HttpResponse:
    """The API in OpenAPI 3.1."""
    return HttpResponse(document(), content_type="application/json", headers=FROM_ANYWHERE)


def _answer(request: HttpRequest, call: str) -> Answer:
    if request.method != "POST":
        return answer_to_method(str(request.method))
    body = request.read(BODY_BYTES + 1)
    if len(body) > BODY_BYTES:
        return answer_refusing(too_large())
    authorization, encoding, origin = (
        request.headers.get(name, "") for name in ("Authorization", "Content-Encoding", "Origin")
    )
    return serve(Call(call, authorization, encoding, origin, body, timezone.now()))
