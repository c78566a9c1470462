"""What the columns of a file hold, told by their headings in English, Russian or Uzbek, or by their cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from statistics import median

from mijoz.analysis.folding import LETTERS, NO_APOSTROPHES
from mijoz.customers.importing.dates import format_of
from mijoz.customers.importing.identities import EMAIL, e164

HEADINGS = {  # whole headings, written without blanks
    "reference": "invoice invoiceno order orderid receipt check bill document transaction transactionid number no "
    "chek raqam raqami чек счет заказ накладная документ номер №",
    "customer": "customer customerid client clientid card cardno member mijoz mijozid karta клиент карта покупатель",
    "phone": "phone mobile tel telefon телефон",
    "email": "email mail pochta почта",
    "name": "name fullname ism ismi fish fio имя фио исм",
    "date": "date datetime timestamp created createdat sana дата датаивремя",
    "time": "time vaqt vaqti soat время",
    "item": "item description product service title tovar mahsulot xizmat nomi "
    "товар услуга наименование название номенклатура",
    "quantity": "quantity qty count pieces pcs soni miqdor miqdori dona количество колво кол шт",
    "unit_price": "unitprice price narx narxi цена",
    "amount": "amount total sum linetotal value revenue paid summa jami tolov сумма итого всего стоимость оплата",
    "discount": "discount rebate chegirma скидка",
    "currency": "currency valyuta валюта",
    "branch": "branch store shop outlet location filial dokon филиал магазин точка",
    "channel": "channel source kanal канал источник",
}
OTHERS = (  # a heading with one of these words is of none of our columns
    "method type status category comment* address* birth* city country cashier seller staff tax vat code sku "
    "способ тип вид статус категор* коммент* адрес* рожден* город страна кассир* продав* сотрудник* ндс код артикул* "
    "turi usul* holat* izoh* manzil* tugilgan shahar kassir* sotuvchi* xodim* qqs kodi"
)
WORDS = [  # of longer headings; the first line with such a word decides. A star stands for any ending, _ for a blank
    ("phone", "phone* mobile tel telefon* mobil* телефон* моб"),
    ("email", "email e_mail mail pochta* почт*"),
    ("", OTHERS),
    ("discount", "discount* rebate chegirma* скидк*"),
    ("currency", "currency valyuta* валют*"),
    ("channel", "channel kanal* канал*"),
    ("branch", "branch store shop outlet filial* dokon* филиал* магазин* точк*"),
    ("date", "date datetime timestamp sana* дата даты"),
    ("time", "time vaqt* soat* врем*"),
    (
        "name",
        "customer_name client_name full_name buyer_name mijoz_ism* mijoz_nomi mijoz_fio "
        "клиент_фио фио_* имя_* фамил* famil*",
    ),
    ("quantity", "quantity qty number_of_* item_count soni miqdor* колич* кол_во"),
    (
        "amount",
        "total amount dollar_value revenue summa* jami umumiy* tolov* сумм* итог* всего стоим* оплат*",
    ),
    ("unit_price", "price narx* цена цены"),
    (
        "item",
        "product* item service* goods mahsulot* xizmat* tovar* товар* услуг* номенклат* наименов* назван*",
    ),
    ("customer", "customer* client* member* loyalty mijoz* karta клиент* покупат* карт*"),
    (
        "reference",
        "invoice* receipt* order* bill check chek* buyurtma* hisob_faktura* xarid_raqam* чек* заказ* накладн* счет*",
    ),
]
BESIDE = re.compile(r"\(.*?\)|\[.*?\]|,.*$")  # the unit or currency beside a heading, as in `Сумма, сум`
PHONE_DIGITS = 9
USUAL_QUANTITY = 20
PADDED = re.compile(r"\s*0\d")
PERSON = re.compile(r"[^\W\d_][^\d_@/\\]*")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def plain(text: str) -> str:
    """A heading in small Latin letters: Uzbek in Cyrillic reads as in Latin, with any apostrophe or none."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text)).lower()
    latin = spaced.replace("ё", "е").translate(NO_APOSTROPHES).translate(LETTERS)
    return " ".join(re.sub(r"[^\w№*]", " ", latin.replace("q", "k").replace("x", "h").replace("_", " ")).split())


def _pattern(words: str) -> re.Pattern[str]:
    endings = (plain(word).replace("*", r"\w*") for word in words.split())
    return re.compile(rf"\b(?:{'|'.join(endings)})\b")


WHOLE = {plain(word).replace(" ", ""): name for name, words in HEADINGS.items() for word in words.split()}
PATTERNS = [(name, _pattern(words)) for name, words in WORDS]


def by_headings(headings: Sequence[str]) -> dict[str, str]:
    """Our fields to headings. Where two headings say the same, the plainer one is it: `Товар` before `Код товара`."""
    found: dict[str, str] = {}
    for told in (_by_whole_heading, _by_words):
        for heading in headings:
            name = told(heading)
            if name and name not in found and heading not in found.values():
                found[name] = heading
    return found


def _by_whole_heading(heading: str) -> str:
    return WHOLE.get(plain(BESIDE.sub("", heading)).replace(" ", ""), "")


def _by_words(heading: str) -> str:
    text = plain(BESIDE.sub("", heading))
    return next((name for name, pattern in PATTERNS if pattern.search(text)), "")


def by_cells(columns: dict[str, list[str]], *, day_first: bool, only: Sequence[str] | None = None) -> dict[str, str]:
    """Our fields to columns, by what their cells look like; a guess for a person to look at.

    `columns` has some cells of each column that are not empty. With `only`, these fields alone are looked for.
    """
    found: dict[str, str] = {}
    left = {name: cells for name, cells in columns.items() if cells}
    for field, fits in (
        ("date", lambda cells: bool(format_of(cells, day_first=day_first))),
        ("email", lambda cells: all(re.match(EMAIL, cell) for cell in cells)),
        (
            "phone",
            lambda cells: all(len(re.sub(r"\D", "", cell)) >= PHONE_DIGITS and e164(cell) for cell in cells),
        ),
    ):
        place = next((name for name, cells in left.items() if fits(cells)), None)
        if place and (only is None or field in only):
            found[field] = place
            del left[place]
    return found if only else found | _numbers_and_words(left)


def are_names(cells: Sequence[str]) -> bool:
    """Whether these are names of people rather than numbers of customers: of several words, without digits."""
    named = [cell for cell in cells if PERSON.fullmatch(cell.strip())]
    return (
        bool(cells) and len(named) >= 0.9 * len(cells) and 2 * sum(" " in cell.strip() for cell in named) > len(named)
    )


def _numbers_and_words(columns: dict[str, list[str]]) -> dict[str, str]:
    """Of columns without headings: the last number is the amount, a small one the quantity, a long one who bought."""
    found: dict[str, str] = {}
    numbers = {name: cells for name, cells in columns.items() if all(NUMBER.fullmatch(cell.strip()) for cell in cells)}
    fractions = [name for name, cells in numbers.items() if any(re.search("[.,]", cell) for cell in cells)]
    if fractions or len(numbers) > 1:
        found["amount"] = (fractions or list(numbers))[-1]
    whole = {name: cells for name, cells in numbers.items() if name not in {*fractions, found.get("amount")}}
    small = [name for name, cells in whole.items() if _are_quantities(cells)]
    if small and found:
        found["quantity"] = small[-1]
    long = [name for name in whole if name not in small]
    if len(long) == 1:
        found["customer"] = long[0]
    words = [
        name for name, cells in columns.items() if name not in numbers and all(re.search(r"[^\W\d]", c) for c in cells)
    ]
    if words:
        found["item"] = words[0]
    return found


def _are_quantities(cells: Sequence[str]) -> bool:
    """Whether these whole numbers are small, and not filled up with zeros as numbers of customers are."""
    usual = median(int(cell.strip()) for cell in cells)
    return abs(usual) <= USUAL_QUANTITY and not any(map(PADDED.match, cells))
