"""Codes as QR, drawn as SVG by ourselves from the pattern that the library `qrcode` computes."""

from __future__ import annotations

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

BORDER = 2  # modules of quiet zone; the page gives the rest


def svg(text: str, label: str) -> SafeString:
    """A QR code that says `text`, black on white in any theme, since readers want it so; `label` is read out."""
    code = qrcode.QRCode(border=BORDER, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{column},{row}h1v1h-1z" for row, cells in enumerate(rows) for column, is_dark in enumerate(cells) if is_dark
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/><path d="{}" fill="#000"/></svg>',
        len(rows),
        len(rows),
        label,
        path,
    )
