"""The customers look like customers of a business in Uzbekistan."""

from __future__ import annotations

from datetime import date

import phonenumbers
import polars as pl
import pytest

from mijoz.analysis.simulator import SimulatedBusiness, names, simulate

ROLES = {"owner", "manager", "front_office", "operator", "service_master", "marketer", "analyst"}


def share(condition: pl.Series) -> float:
    return float(condition.mean() or 0)


def test_the_five_kinds_have_their_shares(business: SimulatedBusiness) -> None:
    counted = dict(business.customers["kind"].value_counts().iter_rows())
    assert counted == {"new": 200, "regular": 280, "high_value": 150, "price_sensitive": 200, "at_risk": 170}
    assert business.truth["kinds"] == counted


def test_each_kind_buys_in_its_own_way(business: SimulatedBusiness) -> None:
    bought = business.events.filter(pl.col("type") == "purchase_line").join(
        business.customers, left_on="identity_value", right_on="customer_number"
    )
    each = bought.group_by("identity_value").agg(
        pl.col("kind").first(),
        pl.col("reference").n_unique().alias("purchases"),
        pl.col("amount").cast(pl.Float64).sum().alias("revenue"),
        (pl.col("discount") > 0).mean().alias("discounted"),
        pl.col("occurred_at").min().dt.date().alias("first_on"),
        pl.col("occurred_at").max().dt.date().alias("last_on"),
    )
    kinds = each.group_by("kind").agg(
        pl.col("purchases", "revenue", "discounted").mean(),
        pl.col("first_on").min(),
        pl.col("last_on").median(),
    )
    of = {row["kind"]: row for row in kinds.iter_rows(named=True)}
    assert of["high_value"]["revenue"] > 1.8 * of["regular"]["revenue"]
    assert of["price_sensitive"]["discounted"] > 0.6
    assert max(of[kind]["discounted"] for kind in ("regular", "high_value", "at_risk")) < 0.2
    assert (business.last_day - of["new"]["first_on"]).days <= 150
    assert (business.last_day - of["at_risk"]["last_on"].date()).days > 90
    assert of["new"]["purchases"] < of["regular"]["purchases"]


def test_phones_are_different_numbers_of_the_country(business: SimulatedBusiness) -> None:
    phones = business.customers["phone"]
    assert phones.n_unique() == phones.len()
    for phone in phones.head(50):
        number = phonenumbers.parse(phone)
        assert number.country_code == 998
        assert phonenumbers.is_possible_number(number)


def test_addresses_cannot_belong_to_anybody(business: SimulatedBusiness) -> None:
    emails = business.customers.filter(pl.col("email") != "")["email"]
    assert emails.str.contains(r"^[a-z.]+[0-9]+@mail\.example$").all()
    assert emails.n_unique() == emails.len()
    assert business.staff["email"].str.contains(r"^[a-z.]+@[a-z-]+\.example$").all()
    assert 0.6 < emails.len() / business.customers.height < 0.76


def test_names_are_spelled_in_the_script_told(business: SimulatedBusiness) -> None:
    cyrillic = business.customers.filter(pl.col("script") == "Cyrillic")
    latin = business.customers.filter(pl.col("script") == "Latin")
    for column in ("first_name", "last_name"):
        assert cyrillic[column].str.contains(r"^[А-Яа-яЁёЎўҚқҒғҲҳ]+$").all()
        assert not latin[column].str.contains(r"[А-Яа-яЁё]").any()
    assert 0.2 < cyrillic.height / business.customers.height < 0.45
    assert latin["patronymic"].str.contains(r" (oʻgʻli|qizi)$").any()
    assert latin["patronymic"].str.contains(r"(ovich|ovna)$").any()
    assert (business.customers["patronymic"] == "").any()


def test_women_bear_the_endings_of_women(business: SimulatedBusiness) -> None:
    women = business.customers.filter(pl.col("gender") == "female")
    men = business.customers.filter(pl.col("gender") == "male")
    assert not women["last_name"].str.contains(r"(ov|yev|ов|ев)$").any()
    assert not men["last_name"].str.contains(r"(ova|yeva|ова|ева)$").any()
    assert not women["patronymic"].str.contains(r"(ovich|oʻgʻli|ович|ўғли)$").any()


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Yoʻldoshev", "Йўлдошев"),
        ("Gʻofurov", "Ғофуров"),
        ("Elyor", "Элёр"),
        ("Maʼmura", "Маъмура"),
        ("Choriyev", "Чориев"),
        ("Toʻlqin oʻgʻli", "Тўлқин ўғли"),
        ("Shahnoza qizi", "Шаҳноза қизи"),
    ],
)
def test_uzbek_names_in_cyrillic(latin: str, cyrillic: str) -> None:
    assert names.cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [("Елена", "Yelena"), ("Наталья", "Natalya"), ("Сергеевич", "Sergeyevich"), ("Жанна", "Janna")],
)
def test_russian_names_in_latin(cyrillic: str, latin: str) -> None:
    assert names.latin(cyrillic) == latin


def test_the_mix_of_languages_can_be_chosen() -> None:
    business = simulate(
        sector="hotel",
        customers=400,
        months=6,
        seed=1,
        until=date(2026, 6, 30),
        languages={"ru": 0.25, "en": 0.75},
    )
    english = share(business.customers["language"] == "en")
    assert 0.68 < english < 0.82
    assert not (business.customers["language"] == "uz").any()


def test_staff_and_branches_fit_together(business: SimulatedBusiness) -> None:
    assert set(business.staff["role"]) < ROLES
    assert set(business.staff["branch"]) == {"", *business.branches["code"]}
    assert set(business.working_hours["branch"]) == set(business.branches["code"])
    assert set(business.events["branch"]) == {"", *business.branches["code"]}
    assert (business.working_hours["closes"] > business.working_hours["opens"]).all()
    assert business.staff["email"].n_unique() == business.staff.height


def test_the_price_list_is_told_in_three_languages(business: SimulatedBusiness) -> None:
    assert business.services.columns == [
        "name_uz", "name_ru", "name_en", "price", "duration_minutes", "category",
    ]  # fmt: skip
    for name in ("name_uz", "name_ru", "name_en"):
        assert business.services[name].n_unique() == business.services.height
    assert business.services["price"].min() >= 5_000


def test_consents_are_told_in_the_log(business: SimulatedBusiness) -> None:
    given = business.events.filter(pl.col("type") == "consent_given").select(
        "identity_value", pl.col("payload").str.json_path_match("$.purpose").alias("purpose")
    )
    listed = business.customers.select("customer_number", "consents").explode("consents")
    assert set(given.iter_rows()) == set(listed.iter_rows())
    assert 0.8 < share(business.customers["consents"].list.contains("marketing")) < 0.92
