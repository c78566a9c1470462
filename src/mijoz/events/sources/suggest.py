"""A first mapping from the names in a sample, for people to look over. Pure."""

from __future__ import annotations

import re
from typing import Any

from mijoz.events.sources import paths, values
from mijoz.events.sources.mapping import Field, Mapping
from mijoz.events.sources.paths import Leaf

# Names by which other systems call a target, without blanks and marks, the best first.
NAMES: dict[str, list[str]] = {
    target: names.split()
    for target, names in {
        "type": "eventtype event operation operationtype action type kind операция тип",
        "message_id": "messageid eventid uuid receiptid checkid orderid transactionid documentid saleid callid"
        " receiptnumber checknumber ordernumber number id номер номерчека",
        "occurred_at": "occurredat timestamp datetime closedat closetime soldat paidat createdat created time date"
        " дата датавремя sana",
        "reference": "receiptnumber checknumber ordernumber invoice receipt чек chek orderid",
        "number": "customerid clientid buyerid guestid userid customernumber mijozid кодклиента",
        "phone": "phone phonenumber customerphone clientphone mobile tel telephone msisdn caller callerid from"
        " телефон telefon",
        "email": "email mail customeremail clientemail почта",
        "card": "cardnumber loyaltycard discountcard customercard card карта karta",
        "name": "customername clientname fullname fio guestname buyername фио ism имя",
        "item": "item itemname product productname service servicename goods title name nomenclature номенклатура"
        " товар услуга nomi",
        "quantity": "quantity qty count количество soni",
        "amount": "amount total sum totalsum totalamount totalprice linetotal paid cost price сумма summa итого",
        "discount": "discount discountsum discountamount скидка chegirma",
        "currency": "currency currencycode валюта",
        "branch": "branch branchid branchcode store storeid shop outlet organization terminal филиал filial",
        "channel": "channel ordertype salechannel канал",
        "text": "comment text complaint message комментарий izoh",
        "score": "score rating rate оценка baho",
        "starts_at": "startsat starttime bookedfor visitat appointmentat",
    }.items()
}
OF_A_PERSON = {"name": {"name", "title"}, "number": {"id", "number", "code"}}  # in a group named customer, client …
PERSON = re.compile(r"(?i)(customer|client|buyer|guest|user|person|contact|клиент|покупатель|mijoz)[^.]*$")
OF_LINES = frozenset({"item", "quantity", "amount", "discount"})
LINES = re.compile(r"(?i)(line|item|position|product|good|row|service|товар|позици)")
MEANINGS: tuple[tuple[str, str], ...] = (
    (r"refund|return|возврат|qaytar|storno|cancel_sale", "refund_line"),
    (r"sale|sell|purchase|pay|order|receipt|check|продажа|sotuv|xarid|оплата", "purchase_line"),
    (r"gift|подарок|sovg", "gift_line"),
    (r"missed|no_?show|неявка", "booking_missed"),
    (
        r"(book|appoint|reserv|запис|bron).*(cancel|отмен|bekor)|(cancel|отмен|bekor).*(book|appoint|reserv|запис|bron)",
        "booking_cancelled",
    ),
    (r"book|appoint|reserv|запись|bron", "booking_made"),
    (r"complain|claim|жалоба|shikoyat", "complaint"),
    (r"survey|rating|feedback|отзыв|оценка", "survey_answered"),
    (r"visit|call|визит|tashrif|звонок", "visit"),
)


def suggest(sample: Any) -> Mapping:
    """What the names in the sample let one guess; what they do not stays empty."""
    lines = paths.leaves(sample)
    each = _each(lines)
    leaves = [leaf for leaf in lines if leaf.kind == "value"]
    fields: dict[str, Field] = {}
    for target, names in NAMES.items():
        if path := _best(target, names, leaves, each):
            fields[target] = Field(path=path)
    fields["type"] = _type(fields.get("type"), sample, has_amount="amount" in fields)
    return Mapping(each=each, fields=fields, time="auto")


def meaning_of(text: str) -> str:
    """The type of event that a word of another system most likely stands for, "" if none."""
    return next((kind for pattern, kind in MEANINGS if re.search(pattern, text, re.IGNORECASE)), "")


def _each(lines: list[Leaf]) -> str:
    """The list of lines of a receipt: by its name, among lists of objects that tell an item or an amount."""
    known = {name for target in OF_LINES for name in NAMES[target]}
    best, best_score = "", 0
    for leaf in lines:
        if leaf.kind != "list":
            continue
        inside = f"{leaf.path}[*]."
        names = {_folded(one.name) for one in lines if one.path.startswith(inside) and one.kind == "value"}
        score = len(names & known) + (2 if LINES.search(leaf.name) else 0)
        if names & known and score > best_score:
            best, best_score = f"{leaf.path}[*]", score
    return best


def _best(target: str, names: list[str], leaves: list[Leaf], each: str) -> str:
    ranked = []
    for place, leaf in enumerate(leaves):
        name, parent = _folded(leaf.name), leaf.path.rpartition(".")[0]
        in_line = bool(each) and leaf.path.startswith(each)
        of_person = bool(PERSON.search(parent))
        if of_person and name in OF_A_PERSON.get(target, ()):
            rank = 0
        elif name in names and not (of_person and target in {"message_id", "item", "reference"}):
            rank = names.index(name)
        else:
            continue
        if in_line and target in {"message_id", "occurred_at", "type", "reference", "branch", "phone"}:
            continue  # of a receipt, not of a line
        away = each and target in OF_LINES and not in_line
        ranked.append((bool(away), rank, place, leaf.path))
    return min(ranked)[3] if ranked and not (each and target in OF_LINES and min(ranked)[0]) else ""


def _type(found: Field | None, sample: Any, *, has_amount: bool) -> Field:
    if found is not None:
        told = next((value for _place, value in paths.find(sample, paths.parse(found.path))), None)
        text = values.text(told) if isinstance(told, str | int) else ""
        if meaning := meaning_of(text):
            return Field(path=found.path, values={text: meaning})
    return Field(constant="purchase_line" if has_amount else "visit")


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
