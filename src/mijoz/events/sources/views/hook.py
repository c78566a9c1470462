"""Where tills, ERPs, call centres and marketplaces call; each call proves whose it is."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mijoz.business.rights import allow_anyone
from mijoz.events.models import Webhook
from mijoz.events.sources import receiving, signatures, webhooks
from mijoz.events.sources.rates import Bucket

BODY_BYTES = 500 * 1024
BUCKET = Bucket(at_once=600, a_second=60)

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
@allow_anyone
def call(request: HttpRequest, name: str, token: str = "") -> HttpResponse:
    """Take one call. What does not fit is kept in quarantine and answered with 200: sending it again helps nobody."""
    at = timezone.now()
    webhook = Webhook.objects.select_related("source").filter(source__name=name, source__kind="webhook").first()
    if webhook is None:
        return _refused(404, "There is no such source.")
    body = request.read(BODY_BYTES + 1)
    if len(body) > BODY_BYTES:
        return _refused(413, f"A call has at most {BODY_BYTES // 1024} KB.")
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        check = webhooks.check_of(webhook, at=at)
        call_id = signatures.verify(signatures.Call(headers, body, token), check, at=at)
    except signatures.CallRefused as refused:
        webhooks.note_refused(webhook, refused.why, at=at)
        return _refused(401, str(refused))
    return _take(webhook, body, headers.get("content-type", ""), call_id)


def _take(webhook: Webhook, body: bytes, content_type: str, call_id: str) -> HttpResponse:
    if not webhook.source.is_open:
        return _refused(403, "This source is closed: nothing is taken from it.")
    if not BUCKET.takes(webhook.pk, now=time.monotonic()):
        return _refused(429, "These are too many calls at once. Send it again later.", retry_after="5")
    try:
        received = receiving.receive(
            webhook.source, webhook, body, content_type=content_type, call_id=call_id, at=timezone.now()
        )
    except DatabaseError as error:  # its text may show what was sent
        log.error("A call of a webhook failed: %s", type(error).__name__)
        return _refused(503, "Not now. Send it again later.", retry_after="5")
    told = {"written": received.written, "known": received.known, "quarantined": received.reasons}
    return JsonResponse(told | ({"repeated": True} if received.repeated else {}))


def _refused(status: int, sentence: str, *, retry_after: str = "") -> HttpResponse:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return JsonResponse({"error": sentence}, status=status, headers=headers)
