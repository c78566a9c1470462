"""Which column of a file means what; suggested from headings and content, corrected by a person, kept with the import."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.sniff import FileShape
from mijoz.customers.names import fold

FIELDS = {
    "reference": _("Purchase number"),
    "customer": _("Customer number"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "name": _("Customer's name"),
    "date": _("Date"),
    "time": _("Time"),
    "item": _("Service or product"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "amount": _("Amount of the line"),
    "discount": _("Discount"),
    "currency": _("Currency"),
    "branch": _("Branch"),
    "channel": _("Channel"),
}

HEADINGS = {
    "reference": "invoice invoiceno invoice_no invoice_number order order_id orderid order_number receipt receipt_no check check_no "
    "bill bill_no document transaction transaction_id chek chek_raqami hisob_faktura buyurtma buyurtma_raqami xarid_raqami raqami "
    "чек номер_чека счет номер_счета заказ номер_заказа документ накладная номер",
    "customer": "customer customerid customer_id customer_no customer_number client client_id clientid card card_no card_number "
    "loyalty_card member mijoz mijoz_id mijoz_raqami karta karta_raqami клиент код_клиента id_клиента номер_клиента карта "
    "номер_карты покупатель",
    "phone": "phone phone_number mobile tel telephone telefon telefon_raqami mobil телефон номер_телефона моб моб_телефон",
    "email": "email e_mail mail email_address pochta elektron_pochta почта эл_почта электронная_почта",
    "name": "name customer_name client_name full_name fullname ism fish f_i_sh familiya_ism mijoz_ismi имя фио ф_и_о имя_клиента",
    "date": "date invoicedate invoice_date order_date purchase_date datetime timestamp created created_at sana vaqti sanasi kun "
    "дата дата_покупки дата_заказа дата_чека дата_и_время",
    "time": "time vaqt soat время час",
    "item": "item description product product_name service name_of_service goods title mahsulot tovar xizmat xizmat_nomi nomi "
    "товар услуга наименование название номенклатура продукт",
    "quantity": "quantity qty count number_of_cds amount_of_items pieces soni miqdori miqdor dona количество кол_во колво шт",
    "unit_price": "unitprice unit_price price price_per_unit narx narxi birlik_narxi цена цена_за_единицу цена_за_шт",
    "amount": "amount total sum line_total dollar_value value revenue paid summa jami jami_summa umumiy_summa tolov "
    "сумма итого стоимость всего оплата",
    "discount": "discount discount_amount rebate chegirma скидка сумма_скидки",
    "currency": "currency valyuta валюта",
    "branch": "branch store shop outlet location filial dokon филиал магазин точка",
    "channel": "channel source_channel kanal канал источник",
}
KNOWN = {fold(word.replace("_", " ")).replace(" ", ""): name for name, words in HEADINGS.items() for word in words.split()}

DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
)
TIME_ENDINGS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S%.f", "T%H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")


class Mapping(BaseModel):
    """How the columns of a file become rows of the log. `columns` maps our field to the heading in the file."""

    model_config = ConfigDict(extra="forbid")

    columns: dict[str, str]
    payload: list[str] = Field(default_factory=list)  # headings kept with each row as they are
    date_format: str = ""  # strptime; "" tries all we know
    day_first: bool = True
    decimal: Literal[".", ","] = "."
    currency: str = Field(default="", max_length=3)
    time_zone: str = ""  # of the file's moments; "" is the business's own
    gifts: bool | None = None  # whether a price of zero is a gift; None: when the file has prices of single lines

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := set(columns) - set(FIELDS):
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}; known are {', '.join(FIELDS)}")
        return {name: heading for name, heading in columns.items() if heading}

    @property
    def tells_gifts(self) -> bool:
        return self.gifts if self.gifts is not None else "unit_price" in self.columns

    def check(self, shape: FileShape) -> None:
        """Raise ImportRefused when the file lacks a column or the mapping lacks what every purchase needs."""
        missing = [heading for heading in [*self.columns.values(), *self.payload] if heading not in shape.columns]
        if missing:
            raise ImportRefused(
                _("The file has no column “%(missing)s”. Its columns are: %(columns)s."),
                missing=", ".join(missing),
                columns=", ".join(shape.columns),
            )
        if "date" not in self.columns:
            raise ImportRefused(_("Say which column holds the date of the purchase."))
        if "amount" not in self.columns and "unit_price" not in self.columns:
            raise ImportRefused(_("Say which column holds the amount, or the unit price."))


def suggest_mapping(shape: FileShape) -> Mapping:
    """The mapping that headings and cells suggest; a person looks at it before it is used."""
    columns: dict[str, str] = {}
    for place, heading in enumerate(shape.columns):
        name = _by_heading(heading) if shape.has_header else None
        name = name or _by_content(shape.samples(place), taken=columns)
        if name and name not in columns:
            columns[name] = heading
    dates = _samples(shape, columns.get("date"))
    date_format, day_first = _date_format(dates)
    amounts = [*_samples(shape, columns.get("amount")), *_samples(shape, columns.get("unit_price"))]
    return Mapping(columns=columns, date_format=date_format, day_first=day_first, decimal=_decimal(amounts))


def _samples(shape: FileShape, heading: str | None) -> list[str]:
    return shape.samples(shape.columns.index(heading)) if heading in shape.columns else []


def _by_heading(heading: str) -> str | None:
    words = fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).replace("_", " ").replace("-", " ").replace(".", " "))
    return KNOWN.get(words.replace(" ", ""))


PHONE = re.compile(r"^\+?\d[\d\s()-]{8,16}$")


def _by_content(samples: list[str], *, taken: Iterable[str]) -> str | None:
    """What a column without a telling heading holds, as far as its cells say."""
    if not samples:
        return None
    if "date" not in taken and _date_format(samples)[0]:
        return "date"
    if "email" not in taken and all("@" in sample for sample in samples):
        return "email"
    if "phone" not in taken and all(PHONE.match(sample) and sum(map(str.isdigit, sample)) >= 9 for sample in samples):
        return "phone"
    return None


def _date_format(samples: list[str]) -> tuple[str, bool]:
    """The format that reads every sample ("" when none does) and whether the day comes before the month."""
    samples = samples[:200]
    if not samples:
        return "", True
    day_first = not _only_month_first(samples)
    for date_part in DATE_FORMATS:
        if ("%m/%d" in date_part or "%m-%d-%Y" in date_part) and day_first:
            continue
        for ending in TIME_ENDINGS:
            pattern = date_part + ending
            if all(_reads(sample, pattern) for sample in samples):
                return pattern, day_first
    return "", day_first


def _only_month_first(samples: list[str]) -> bool:
    """Whether some sample has a second number above 12 and none has a first one above 12."""
    pairs = [match.groups() for sample in samples if (match := re.match(r"(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}", sample))]
    return any(int(second) > 12 for _first, second in pairs) and not any(int(first) > 12 for first, _second in pairs)


def _reads(sample: str, pattern: str) -> bool:
    try:
        moment = datetime.strptime(sample.strip(), pattern.replace("%.f", ".%f"))  # noqa: DTZ007 - zone follows
    except ValueError:
        return False
    return 1970 <= moment.year <= 2100


def _decimal(samples: list[str]) -> Literal[".", ","]:
    """The decimal sign that the amounts use; a sign followed by exactly three digits may be a thousands sign."""
    commas = sum(1 for sample in samples if re.search(r",\d{1,2}\D*$|,\d{4,}\D*$", sample))
    points = sum(1 for sample in samples if re.search(r"\.\d{1,2}\D*$|\.\d{4,}\D*$", sample))
    return "," if commas > points else "."
