"""Examples to paste, with the address of this installation and, once, the new key in them."""

from __future__ import annotations

from dataclasses import dataclass

from mijoz.events.models import Source

KEY = "YOUR_WRITE_KEY"

CURL = """curl {address}/v1/track -u {key}: -H 'Content-Type: application/json' -d '{{
  "messageId": "receipt-1001/1",
  "userId": "1042",
  "event": "purchase_line",
  "timestamp": "2026-03-02T12:30:00+05:00",
  "properties": {{"reference": "receipt-1001", "item": "Plov", "quantity": 1, "amount": 45000}}
}}'"""

PYTHON = """# pip install segment-analytics-python
import segment.analytics as mijoz

mijoz.write_key = "{key}"
mijoz.host = "{address}"

mijoz.identify("1042", {{"firstName": "Dilnoza", "phone": "+998 90 123 45 67"}})
mijoz.track("1042", "purchase_line", {{"reference": "receipt-1001", "item": "Plov", "quantity": 1, "amount": 45000}})
mijoz.flush()"""

NODE = """// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node";

const mijoz = new Analytics({{ writeKey: "{key}", host: "{address}", path: "/v1/batch" }});

mijoz.identify({{ userId: "1042", traits: {{ firstName: "Dilnoza", phone: "+998 90 123 45 67" }} }});
mijoz.track({{
  userId: "1042",
  event: "purchase_line",
  properties: {{ reference: "receipt-1001", item: "Plov", quantity: 1, amount: 45000 }},
}});
await mijoz.closeAndFlush();"""

SNIPPET = """<script>
  !function(m){{"identify track page reset consent".split(" ").forEach(function(n){{
    m[n]=function(){{m.q.push([n].concat([].slice.call(arguments)))}}}})}}(window.mijoz={{q:[]}});
</script>
<script async src="{address}/mijoz.js" data-key="{key}"></script>"""

CALLS = """mijoz.identify("1042", { firstName: "Dilnoza", phone: "+998 90 123 45 67" }); // after signing in
mijoz.track("booking_made", { reference: "B-77", item: "Haircut" });
mijoz.reset(); // after signing out"""


@dataclass(frozen=True, slots=True)
class Example:
    key: str
    label: str
    code: str


def examples(source: Source, *, address: str, key: str = "") -> list[Example]:
    """How to connect this source; none for those that send nothing by a key."""
    place = {"address": address, "key": key or KEY}
    if source.kind == Source.Kind.SITE:
        return [Example("snippet", "HTML", SNIPPET.format(**place)), Example("calls", "JavaScript", CALLS)]
    if source.kind == Source.Kind.API:
        return [
            Example("curl", "curl", CURL.format(**place)),
            Example("python", "Python", PYTHON.format(**place)),
            Example("node", "Node.js", NODE.format(**place)),
        ]
    return []
