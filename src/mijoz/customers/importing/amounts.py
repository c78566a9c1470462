"""Amounts of money as people and programs write them, a whole column at a time."""

from __future__ import annotations

from functools import reduce

import polars as pl

MONEY = pl.Decimal(18, 4)
CURRENCIES = {  # code: how it stands in cells
    "UZS": r"uzs|so['’‘ʻʼ`]?m|sum|сўм|сум",
    "USD": r"usd|\$|dollars?|долл(?:ар\w*)?\.?",
    "EUR": r"eur|€|euro|yevro|евро",
    "GBP": r"gbp|£",
    "RUB": r"rub|₽|rubl|руб(?:л\w*)?\.?",
    "KZT": r"kzt|₸|tenge|тенге",
}
ANY_CURRENCY = "|".join(CURRENCIES.values())
BLANK = r"[\s'’]"  # between thousands; Unicode's no-break and narrow spaces are among \s
PLAIN = r"^(?:-?\d+(?:\.\d+)?)?$"
WRITTEN = (
    rf"(?i)^(?P<open>\()?\s*(?P<minus1>[-+])?\s*(?:{ANY_CURRENCY})?\s*(?P<minus2>[-+])?\s*"
    rf"(?P<number>\d(?:[\d.,]|{BLANK}\d)*|[.,]\d+|\d[\d.]*e[-+]?\d+)"
    rf"\s*(?P<minus3>-)?\s*(?:{ANY_CURRENCY})?\s*(?P<close>\))?$"
)
BLANKS_BETWEEN_THOUSANDS = rf"^\d{{1,3}}(?:{BLANK}\d{{3}})+(?:[.,]\d+)?$"
COMMAS_BETWEEN_THOUSANDS = r"^[1-9]\d{0,2}(?:(?:,\d{3}){2,}|(?:,\d{3})+\.\d+)$"
POINTS_BETWEEN_THOUSANDS = r"^[1-9]\d{0,2}(?:(?:\.\d{3}){2,}|(?:\.\d{3})+,\d+)$"
READS_BOTH_WAYS = r"^[1-9]\d{0,2}[.,]\d{3}$"
DECIMAL_SIGN = r"^\d*[.,]\d+$"
EXPONENT = r"(?i)^\d+(?:\.\d+)?e[-+]?\d+$"


def amounts(cells: pl.Series, *, decimal: str) -> pl.Series:
    """Decimal(18, 4) from cells such as `1 234,50`, `1,234.50`, `1'234.50`, `12 000 so'm`, `(5.00)`, `−3`.

    Where one comma or point stands before exactly three digits, it is the decimal sign only when `decimal` names it.
    An empty cell and what is no amount give null.
    """
    if _are_plain(cells, decimal):
        return cells.cast(MONEY, strict=False)
    written = cells.str.replace_all("[−–‒]", "-").str.strip_chars().str.extract_groups(WRITTEN).struct.unnest()
    number = written.select(_number(decimal)).to_series()
    value = number.cast(MONEY, strict=False)
    signs = pl.concat_str([pl.col(f"minus{place}").fill_null("") for place in (1, 2, 3)])
    brackets = pl.col("open").fill_null("") + pl.col("close").fill_null("")
    checked = written.with_columns(value=value).select(
        pl.when((signs.str.len_chars() > 1) | ((brackets != "") & ((brackets != "()") | (signs != ""))))
        .then(None)
        .when((signs == "-") | (brackets == "()"))
        .then(-pl.col("value"))
        .otherwise(pl.col("value"))
        .cast(MONEY)
    )
    return checked.to_series()


def _are_plain(cells: pl.Series, decimal: str) -> bool:
    """Whether every cell is a number as programs write it, and none reads both ways."""
    if not cells.str.contains(PLAIN).all():
        return False
    return decimal == "." or not cells.str.contains(READS_BOTH_WAYS).any()


def _number(decimal: str) -> pl.Expr:
    """The digits with a decimal point, from a number without sign and currency; null when they are no number."""
    told = pl.col("number")
    grouped = told.str.contains(BLANKS_BETWEEN_THOUSANDS)
    bare = told.str.replace_all(BLANK, "")
    with_point = bare.str.replace(",", ".", literal=True)
    without_commas = bare.str.replace_all(",", "", literal=True)
    without_points = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return (
        pl.when(told.str.contains(BLANK) & ~grouped)
        .then(None)
        .when(bare.str.contains(r"^\d+$") | bare.str.contains(EXPONENT))
        .then(bare)
        .when(grouped & bare.str.contains(DECIMAL_SIGN))
        .then(with_point)
        .when(bare.str.contains(COMMAS_BETWEEN_THOUSANDS))
        .then(without_commas)
        .when(bare.str.contains(POINTS_BETWEEN_THOUSANDS))
        .then(without_points)
        .when(bare.str.contains(READS_BOTH_WAYS))
        .then(
            pl.when(bare.str.contains(decimal, literal=True)).then(with_point).otherwise(bare.str.replace("[.,]", ""))
        )
        .when(bare.str.contains(DECIMAL_SIGN))
        .then(with_point)
        .otherwise(None)
    )


def currencies(cells: pl.Series) -> pl.Series:
    """Codes (ISO 4217) from cells of a column of currencies; "" for an empty cell, null for what is no currency."""
    text = pl.col("text").str.strip_chars()
    code = (
        pl.when(text == "")
        .then(pl.lit(""))
        .when(text.str.contains(r"^[A-Za-z]{3}$") & ~_is("UZS", text))
        .then(text.str.to_uppercase())
    )
    return cells.to_frame("text").select(pl.coalesce(code, _known(text, "^(?:{})$"))).to_series()


def currencies_told(cells: pl.Series) -> pl.Series:
    """Codes from the signs and words beside amounts, such as `$12` or `500 сўм`; null where none stands."""
    if cells.str.contains(PLAIN).all():
        return pl.Series([None], dtype=pl.String).new_from_index(0, cells.len())
    return (
        cells.to_frame("text").select(_known(pl.col("text"), r"^[\s(+−–‒-]*(?:{0})|\d[\s-]*(?:{0})[\s)]*$")).to_series()
    )


def _is(code: str, text: pl.Expr) -> pl.Expr:
    return text.str.contains(f"(?i)^(?:{CURRENCIES[code]})$")


def _known(text: pl.Expr, pattern: str) -> pl.Expr:
    none = pl.lit(None, dtype=pl.String)
    return reduce(
        lambda otherwise, code: (
            pl.when(text.str.contains("(?i)" + pattern.format(CURRENCIES[code])))
            .then(pl.lit(code))
            .otherwise(otherwise)
        ),
        CURRENCIES,
        none,
    )
