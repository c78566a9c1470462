"""What was bought and given back: Segment's e-commerce events, and our own types, as columns of the log."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from mijoz.events.types import TRADE, EventRefused, NewEvent

MOST = 10**13  # a whole number under it needs no second look
CENT = Decimal("0.0001")
# Where the value of each column stands in the properties, the first found counts.
TEXTS = {
    "reference": ("reference", "order_id", "orderId"),
    "item": ("item", "name"),
    "currency": ("currency",),
    "branch": ("branch",),
    "channel": ("channel",),
}
LONGEST = {"reference": 200, "item": 400, "currency": 3, "branch": 40, "channel": 40}
LINES = {"purchase_line": 1, "refund_line": -1}


def columns_of(type_: str, properties: dict[str, Any], *, currency: str) -> dict[str, Any]:
    """The columns of a row of one of our own types; they are taken out of `properties`.

    A line of a purchase has an amount, or a unit price from which it follows. Money that went back is written with a
    minus, whichever sign it came with. Raises EventRefused.
    """
    columns: dict[str, Any] = {}
    is_trade = type_ in TRADE
    for column, names in TEXTS.items():
        for name in names if is_trade else names[:1]:
            if name in properties:
                columns[column] = _text(properties, names, longest=LONGEST[column])
                break
    quantity, amount, discount = (
        _number(properties, name) if name in properties else None for name in ("quantity", "amount", "discount")
    )
    if type_ in LINES:
        price = _number(properties, "unit_price", keep=True)
        if price is None:
            price = _number(properties, "price", keep=True)
        quantity = Decimal(1) if quantity is None else quantity
        if amount is None and price is not None:
            amount = price * quantity - (discount or 0)
        if amount is None:
            raise EventRefused("A line of a purchase has an amount.", field="properties.amount")
        if LINES[type_] < 0:
            amount, quantity = -abs(amount), -abs(quantity)
        columns["currency"] = _currency(columns.get("currency") or currency)
    columns["amount"], columns["discount"] = _money(amount, "amount"), _money(discount, "discount")
    columns["quantity"] = None if quantity is None else float(quantity)
    return columns


def completed(properties: dict[str, Any], common: dict[str, Any], *, message_id: str, currency: str) -> list[NewEvent]:
    """Order Completed: a purchase line for each product, or one for the whole order when none are named.

    A discount of the whole order is shared out in proportion to the lines, so that they sum up to what was paid for
    the products.
    """
    lines = _lines(properties, message_id, common, type_="purchase_line", currency=currency)
    return lines or [_whole(properties, message_id, common, type_="purchase_line", currency=currency)]


def refunded(properties: dict[str, Any], common: dict[str, Any], *, message_id: str, currency: str) -> list[NewEvent]:
    """Order Refunded: a refund line for each product that went back, or one for the whole sum when none are named."""
    lines = _lines(properties, message_id, common, type_="refund_line", currency=currency)
    return lines or [_whole(properties, message_id, common, type_="refund_line", currency=currency)]


def _lines(
    properties: dict[str, Any], message_id: str, common: dict[str, Any], *, type_: str, currency: str
) -> list[NewEvent]:
    products = properties.get("products")
    if products in (None, []):
        return []
    if not isinstance(products, list) or not all(isinstance(product, dict) for product in products):
        raise EventRefused("products is a list of objects.", field="properties.products")
    reference = _reference(properties)
    shared: dict[str, Any] = {"currency": _order_currency(properties, currency), **_where(properties)}
    drafts = []
    for place, product in enumerate(products):
        at = f"properties.products.{place}."
        quantity = _number(product, "quantity", at=at, keep=True)
        quantity = Decimal(1) if quantity is None else abs(quantity)
        price = _number(product, "price", at=at, keep=True)
        if price is None:
            raise EventRefused("A product has a price.", field=f"{at}price")
        item = _text(product, ("name", "sku", "product_id"), longest=400, at=at, keep=True)
        drafts.append((product, item, quantity, price, abs(price) * quantity))
    discounts = _share(abs(_number(properties, "discount", keep=True) or Decimal(0)), [draft[4] for draft in drafts])
    sign = LINES[type_]
    rows = []
    for place, ((product, item, quantity, price, worth), discount) in enumerate(zip(drafts, discounts, strict=True)):
        payload = {key: value for key, value in product.items() if key not in {"quantity", "price", "name"}}
        rows.append(
            NewEvent(
                message_id=message_id if place == 0 else f"{message_id}:{place + 1}",
                type=type_,
                reference=reference,
                item=item,
                quantity=float(sign * quantity),
                amount=_money(sign * (worth - discount), "products"),
                discount=_money(discount, "discount") if discount else None,
                payload=payload | {"unit_price": str(price)},
                **shared,
                **common,
            )
        )
    return rows


def _whole(
    properties: dict[str, Any], message_id: str, common: dict[str, Any], *, type_: str, currency: str
) -> NewEvent:
    amount = next(
        (
            found
            for name in ("total", "revenue", "value")
            if (found := _number(properties, name, keep=True)) is not None
        ),
        None,
    )
    if amount is None:
        raise EventRefused("An order has products, or a total.", field="properties.total")
    sign = LINES[type_]
    discount = _number(properties, "discount", keep=True)
    return NewEvent(
        message_id=message_id,
        type=type_,
        reference=_reference(properties),
        quantity=float(sign),
        amount=_money(sign * abs(amount), "total"),
        discount=_money(discount, "discount"),
        currency=_order_currency(properties, currency),
        payload={key: value for key, value in properties.items() if key not in {"products", "order_id"}},
        **_where(properties),
        **common,
    )


def _share(discount: Decimal, worths: Sequence[Decimal]) -> list[Decimal]:
    """A discount in proportion to what each line is worth; the last one takes what rounding leaves."""
    total = sum(worths, Decimal(0))
    if not discount or not total:
        return [Decimal(0)] * len(worths)
    discount = min(discount, total)
    shares = [(discount * worth / total).quantize(CENT, ROUND_HALF_UP) for worth in worths]
    shares[-1] += discount - sum(shares, Decimal(0))
    return shares


def _reference(properties: dict[str, Any]) -> str:
    reference = _text(properties, ("order_id", "orderId", "reference"), longest=200, keep=True)
    if not reference:
        raise EventRefused("An order has an order_id.", field="properties.order_id")
    return reference


def _where(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        column: _text(properties, (column,), longest=LONGEST[column], keep=True) for column in ("branch", "channel")
    }


def _order_currency(properties: dict[str, Any], default: str) -> str:
    return _currency(_text(properties, ("currency",), longest=3, keep=True) or default)


def _currency(code: str) -> str:
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise EventRefused("A currency is a code of three letters, such as UZS.", field="properties.currency")
    return code.upper()


def _text(
    properties: dict[str, Any],
    names: Sequence[str],
    *,
    longest: int,
    at: str = "properties.",
    keep: bool = False,
) -> str:
    """The first of these that is there, as text; "" when none is."""
    for name in names:
        value = properties.get(name)
        if value is None or value == "":
            continue
        if type(value) is str:
            text = value.strip()
        elif isinstance(value, bool) or not isinstance(value, str | int | float):
            raise EventRefused("This is a text or a number.", field=f"{at}{name}")
        else:
            text = str(value).strip()
        if len(text) > longest:
            raise EventRefused(f"This has at most {longest} characters.", field=f"{at}{name}")
        if not keep:
            del properties[name]
        return text
    return ""


def _number(properties: dict[str, Any], name: str, *, at: str = "properties.", keep: bool = False) -> Decimal | None:
    value = properties.get(name)
    if type(value) is int and -MOST < value < MOST:
        number = Decimal(value)
    elif value is None or value == "":
        return None
    else:
        number = _read_number(value, field=f"{at}{name}")
    if not keep:
        del properties[name]
    return number


def _read_number(value: Any, *, field: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise EventRefused("This is a number.", field=field)
    try:
        number = Decimal(value) if isinstance(value, int) else Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        raise EventRefused("This is a number, with a point before its decimals.", field=field) from None
    if not number.is_finite() or abs(number) >= MOST:
        raise EventRefused("This number is larger than any sum of money.", field=field)
    return number


def _money(amount: Decimal | None, name: str) -> Decimal | None:
    if amount is None:
        return None
    if abs(amount) >= MOST:
        raise EventRefused("This comes out larger than any sum of money.", field=f"properties.{name}")
    return amount.quantize(CENT, ROUND_HALF_UP)
