"""The pages of segments: what they show, what the editor understands, and what they refuse with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mijoz.business.models import Role
from mijoz.customers.models import Customer
from mijoz.segments import actions, preview, queries, rules
from mijoz.segments.models import Membership, RefreshRun, Score, Segment, SegmentVersion
from mijoz.segments.tests.conftest import AT, Buy, SignedIn

Town = dict[str, Customer]
NEW_RULE = {
    "0-match": "all",
    "0-0-field": "days_since_first_purchase",
    "0-0-operator": "<=",
    "0-0-value": "60",
    "0-1-field": "purchases",
    "0-1-operator": "<=",
    "0-1-value": "2",
}
BIG = {"0-match": "all", "0-0-field": "revenue", "0-0-operator": ">=", "0-0-value": "1 000,5"}


def text_of(response: HttpResponse | Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ")


def page(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200, address
    return text_of(response)


def post(browser: Client, address: str, fields: Mapping[str, Any], *, status: int) -> str:
    response = browser.post(address, fields)
    assert response.status_code == status
    return text_of(response)


@pytest.fixture
def refreshed(town: Town) -> Town:
    actions.refresh(at=AT)
    return town


class TestOverview:
    def test_before_the_first_refresh_it_says_what_to_do(self, signed_in: SignedIn) -> None:
        shown = page(signed_in(), "/segments/")
        assert "No segments yet" in shown
        assert "Sort customers" in shown
        assert "Sort customers" not in page(signed_in(Role.ANALYST), "/segments/")

    def test_each_segment_has_its_figures_and_its_rule_in_words(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = page(signed_in(), "/segments/")
        for found in queries.listing():
            assert found["sentence"] in shown
            assert f'href="/segments/{found["key"]}/"' in shown
        assert "40 in all" in shown
        assert "Who moved in 30 days" in shown

    @pytest.mark.parametrize(("language", "word"), [("uz", "Ketish xavfi bor"), ("ru", "Под угрозой ухода")])
    def test_it_speaks_the_language_of_the_reader(
        self, language: str, word: str, refreshed: Town, signed_in: SignedIn
    ) -> None:
        assert word in page(signed_in(language=language), "/segments/")

    def test_its_queries_grow_neither_with_customers_nor_with_segments(
        self, refreshed: Town, buy: Buy, signed_in: SignedIn
    ) -> None:
        browser = signed_in()

        def asked() -> int:
            with CaptureQueriesContext(connection) as captured:
                page(browser, "/segments/")
            return len(captured)

        asked()
        few = asked()
        for place in range(3):
            buy(f"more{place}", days_ago=[1, 9])
            rule = {"field": "purchases", "op": ">=", "value": place + 1}
            actions.add_segment(key=f"own{place}", names={"en": f"Own {place}"}, rule=rule, by=None, at=AT)
        actions.refresh(at=AT + timedelta(hours=1))
        assert asked() == few

    def test_only_who_may_edit_sees_how(self, refreshed: Town, signed_in: SignedIn) -> None:
        for role, may in ((Role.MARKETER, True), (Role.FRONT_OFFICE, False), (Role.ANALYST, False)):
            browser = signed_in(role)
            assert ("Refresh now" in page(browser, "/segments/")) is may
            assert ("Change the rule" in page(browser, "/segments/new/")) is may


class TestDetail:
    def test_it_shows_figures_rule_packages_and_members(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = page(signed_in(), "/segments/high_value/")
        members = Membership.objects.filter(segment__key="high_value", left_at=None).select_related("customer")
        assert members
        for stay in members[:10]:
            assert f'href="/customers/{stay.customer_id}/"' in shown
        for words in (
            "Monetary score is exactly 5 of 5 and frequency score is at least 4 of 5.",
            "A personal manager, early access to what is new",
            'href="/customers/?segment=high_value"',
            'href="/customers/export.csv?segment=high_value"',
            "Version 1 of",
        ):
            assert words in shown

    def test_it_tells_where_customers_came_from_and_went(self, refreshed: Town, buy: Buy, signed_in: SignedIn) -> None:
        gone = Membership.objects.filter(segment__key="at_risk", left_at=None).first()
        assert gone is not None
        buy(gone.customer.number, days_ago=[0.5, 0.25, 0.1], check=9000)
        actions.refresh(at=AT + timedelta(days=1))
        now = Membership.objects.get(customer=gone.customer, left_at=None).segment
        assert "First purchase" in page(signed_in(), f"/segments/{now.key}/")
        from_there = page(signed_in(), f"/segments/{now.key}/").split("Came from, in 30 days")[1].split("Went to")[0]
        assert 'href="/segments/at_risk/"' in from_there

    def test_its_queries_do_not_grow_with_its_members(self, refreshed: Town, buy: Buy, signed_in: SignedIn) -> None:
        browser = signed_in()

        def asked() -> int:
            with CaptureQueriesContext(connection) as captured:
                page(browser, "/segments/new/")
            return len(captured)

        asked()
        few = asked()
        for place in range(5):
            buy(f"fresh{place}", days_ago=[1 + place])
        actions.refresh(at=AT + timedelta(hours=1))
        assert asked() == few

    @pytest.mark.parametrize("key", ["nobody", "x" * 80])
    def test_what_is_not_there_is_not_found(self, key: str, refreshed: Town, signed_in: SignedIn) -> None:
        for address in ("", "rule/", "texts/"):
            assert signed_in().get(f"/segments/{key}/{address}").status_code == 404


class TestMap:
    def test_every_scored_customer_is_in_a_cell_of_their_scores(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = signed_in().get("/segments/rfm/").context["map"]
        for row in shown.rows:
            for f_score, cell in enumerate(row.cells, start=1):
                scores = Score.objects.filter(r_score=row.r_score, f_score=f_score)
                assert cell.customers == scores.count()
            days = list(Score.objects.filter(r_score=row.r_score).values_list("last_purchase_on", flat=True))
            assert (row.first_day, row.last_day) == ((min(days), max(days)) if days else (None, None))
        for f_score, fewest, most in shown.columns:
            counts = list(Score.objects.filter(f_score=f_score).values_list("purchases", flat=True))
            assert (fewest, most) == ((min(counts), max(counts)) if counts else (None, None))
        assert sum(cell.customers for row in shown.rows for cell in row.cells) == shown.customers == 40
        assert max(cell.warmth for row in shown.rows for cell in row.cells) == 1

    def test_without_scores_it_says_when_they_come(self, signed_in: SignedIn) -> None:
        assert "No scores yet" in page(signed_in(), "/segments/rfm/")


class TestDraft:
    """What htmx sends after each change; nothing is kept."""

    def test_what_takes_too_long_is_estimated_and_said_to_be(
        self, refreshed: Town, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rule = rules.parse({"field": "purchases", "op": ">=", "value": 3})
        exact = preview.preview(rule, segment=None, at=AT)
        monkeypatch.setattr(preview, "EVERYBODY", "(SELECT true FROM pg_sleep(5))")
        monkeypatch.setattr(preview, "EXACT_WITHIN_SECONDS", 0.05)
        monkeypatch.setattr(preview, "SAMPLES", ((10_000_000, 60.0),))  # whatever numbers earlier tests have used up
        estimated = preview.preview(rule, segment=None, at=AT)
        assert estimated.estimate is not None
        assert estimated.size == exact.size  # the sample is the whole little town
        assert estimated.estimate.customers == len(refreshed)
        assert estimated.estimate.low < exact.size < estimated.estimate.high
        assert estimated.examples == exact.examples
        shown = post(signed_in(), "/segments/draft/", BIG, status=200)
        assert "An estimate from 40 customers" in shown

    def test_the_preview_counts_whom_a_refresh_would_take(self, refreshed: Town, signed_in: SignedIn) -> None:
        size = queries.counts()["new"]
        shown = post(signed_in(), "/segments/draft/?segment=new", NEW_RULE, status=200)
        assert f"<strong>{size}</strong>" in shown
        assert "0 would enter" in shown
        assert "0 would leave" in shown
        assert "Time since the first purchase is at most 60 days and number of purchases is at most 2." in shown

    def test_it_shows_ten_customers_with_what_the_rule_asks_for(self, refreshed: Town, signed_in: SignedIn) -> None:
        fields = {"0-match": "all", "0-0-field": "purchases", "0-0-operator": ">=", "0-0-value": "1"}
        shown = post(signed_in(), "/segments/draft/", fields, status=200)
        assert "<strong>40</strong>" in shown
        assert shown.count('target="_blank"') == 10
        assert "Number of purchases: " in shown

    def test_whoever_fits_an_earlier_segment_is_counted_there(self, refreshed: Town, signed_in: SignedIn) -> None:
        everybody = {"0-match": "all", "0-0-field": "purchases", "0-0-operator": ">=", "0-0-value": "1"}
        shown = post(signed_in(), "/segments/draft/?segment=high_value", everybody, status=200)
        sizes = queries.counts()
        left = 40 - sizes["new"] - sizes["at_risk"]
        assert f"<strong>{left}</strong>" in shown
        assert "40 fit the rule" in shown
        assert f"{left - sizes['high_value']} would enter" in shown

    @pytest.mark.parametrize(
        ("change", "rows"),
        [
            ("", ["0-0", "0-1"]),
            ("add-0", ["0-0", "0-1", "0-2"]),
            ("add-group", ["0-0", "0-1", "1-0"]),
            ("remove-0-0", ["0-0"]),
            ("remove-0-7", ["0-0", "0-1"]),
            ("remove-9-9", ["0-0", "0-1"]),
            ("add-9", ["0-0", "0-1"]),
            ("nonsense", ["0-0", "0-1"]),
            ("add-", ["0-0", "0-1"]),
        ],
    )
    def test_buttons_add_and_remove(self, change: str, rows: list[str], refreshed: Town, signed_in: SignedIn) -> None:
        shown = post(signed_in(), "/segments/draft/", NEW_RULE | {"change": change}, status=200)
        found = [place for place in ("0-0", "0-1", "0-2", "1-0") if f'name="{place}-field"' in shown]
        assert found == rows

    def test_another_fact_drops_a_value_that_does_not_fit_it(self, refreshed: Town, signed_in: SignedIn) -> None:
        changed = NEW_RULE | {"0-0-was": "days_since_first_purchase", "0-0-field": "language"}
        shown = post(signed_in(), "/segments/draft/", changed, status=200)
        assert 'value="60"' not in shown
        assert 'type="checkbox" name="0-0-value" value="uz"' in shown

    def test_half_a_condition_is_no_error_yet(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = post(signed_in(), "/segments/draft/", NEW_RULE | {"0-1-value": ""}, status=200)
        assert "Fill in every condition" in shown
        assert "needs a number" not in shown

    def test_services_are_suggested(self, refreshed: Town, buy: Buy, signed_in: SignedIn) -> None:
        buy("sweet", days_ago=[1], item='Tort "Napoleon"')
        fields = {
            "0-match": "all",
            "0-0-field": "favourite_services",
            "0-0-operator": "contains",
            "0-0-value": ["Plov"],
        }
        shown = post(signed_in(), "/segments/draft/", fields, status=200)
        assert '<option value="Plov"></option>' in shown
        assert '<option value="Tort &quot;Napoleon&quot;"></option>' in shown
        assert shown.count('name="0-0-value"') == 2  # the one written, and room for another
        assert "<strong>40</strong>" in shown

    @pytest.mark.parametrize(
        "hostile",
        [
            {"0-0-field": "shoe_size", "0-0-operator": "x", "0-0-value": "<script>"},
            {"0-0-field": "purchases", "0-0-operator": ">=", "0-0-value": "1e999"},
            {"0-0-field": "purchases", "0-0-operator": ">=", "0-0-value": "9" * 5000},
            {"0-0-field": "language", "0-0-operator": "in", "0-0-value": ["klingon", "'; DROP TABLE"]},
            {"0-0-field": "favourite_services", "0-0-operator": "contains", "0-0-value": ["a\x00b"]},
            {"9999999999999-9999999999-field": "purchases"},
            {"²-³-field": "purchases"},
            {},
        ],
    )
    def test_nothing_that_is_sent_breaks_it(
        self, hostile: dict[str, Any], refreshed: Town, signed_in: SignedIn
    ) -> None:
        shown = post(signed_in(), "/segments/draft/", hostile, status=200)
        assert "<script>" not in shown.split("rule-editor")[1]


class TestRule:
    def test_the_editor_opens_with_the_rule_in_force(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = page(signed_in(), "/segments/price_sensitive/rule/")
        assert '<option value="any" selected>' in shown
        assert 'name="0-0-value" value="40"' in shown
        assert f"<strong>{queries.counts()['price_sensitive']}</strong>" in shown

    def test_saving_puts_a_version_in_force_and_asks_for_a_refresh(self, refreshed: Town, signed_in: SignedIn) -> None:
        response = signed_in(Role.MARKETER).post("/segments/new/rule/", NEW_RULE | {"0-0-value": "45"})
        assert (response.status_code, response["Location"]) == (302, "/segments/new/")
        version = queries.rule_in_force(Segment.objects.get(key="new"))
        assert (version.number, version.written_by.role) == (2, Role.MARKETER)
        assert version.rule["all"][0] == {"field": "days_since_first_purchase", "op": "<=", "value": 45}
        run = RefreshRun.objects.get(status=RefreshRun.Status.WAITING)
        assert run.asked_by == version.written_by
        shown = page(signed_in(), "/segments/new/")
        assert "Customers are being sorted into segments" in shown
        assert "Earlier versions" in shown
        assert "at most 60 days" in shown

    def test_the_same_rule_again_is_no_new_version(self, refreshed: Town, signed_in: SignedIn) -> None:
        post(signed_in(), "/segments/new/rule/", NEW_RULE, status=302)
        assert SegmentVersion.objects.filter(segment__key="new").count() == 1

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"0-1-value": "many"}, "Number of purchases needs a number."),
            ({"0-1-value": ""}, "Number of purchases needs a number."),
            ({"0-1-value": "2,5"}, "Number of purchases needs a whole number."),
            ({"0-1-value": "-1"}, "Number of purchases lies between 0 and 2000000000."),
            ({"0-1-field": "discount_share", "0-1-value": "140 %"}, "Share bought at a discount lies between 0 and 1."),
            ({"0-1-field": "language", "0-1-operator": "in", "0-1-value": []}, "Language needs at least one value."),
            ({"0-1-field": "shoe_size"}, "There is no field “shoe_size”."),
        ],
    )
    def test_what_is_no_rule_is_refused_beside_the_field(
        self, changed: dict[str, Any], sentence: str, refreshed: Town, signed_in: SignedIn
    ) -> None:
        shown = post(signed_in(), "/segments/new/rule/", NEW_RULE | changed, status=422)
        row = shown.split('name="0-1-was"')[1]
        assert sentence in row
        assert sentence not in shown.split('name="0-1-was"')[0]
        assert SegmentVersion.objects.filter(segment__key="new").count() == 1
        assert not RefreshRun.objects.filter(status=RefreshRun.Status.WAITING).exists()

    def test_too_long_a_rule_is_refused(self, refreshed: Town, signed_in: SignedIn) -> None:
        fields = {"0-match": "all"}
        for row in range(61):
            fields |= {f"0-{row}-field": "purchases", f"0-{row}-operator": ">=", f"0-{row}-value": str(row)}
        assert "The rule has more than 60 conditions." in post(signed_in(), "/segments/new/rule/", fields, status=422)
        assert SegmentVersion.objects.filter(segment__key="new").count() == 1

    def test_the_segment_that_takes_the_rest_has_no_editor(self, refreshed: Town, signed_in: SignedIn) -> None:
        assert 'class="sg-editor"' not in page(signed_in(), "/segments/regular/rule/")
        refused = post(signed_in(), "/segments/regular/rule/", NEW_RULE, status=422)
        assert "Regular takes every customer with a purchase whom no other default segment took." in refused
        assert SegmentVersion.objects.filter(segment__key="regular").count() == 1

    def test_a_rule_too_deep_for_the_page_stays_until_another_is_saved(
        self, refreshed: Town, signed_in: SignedIn
    ) -> None:
        deep = {"all": [{"any": [{"all": [{"field": "purchases", "op": ">=", "value": 1}]}]}]}
        actions.write_rule(Segment.objects.get(key="new"), deep, by=None, at=AT)
        assert "nested deeper than this page can show" in page(signed_in(), "/segments/new/rule/")

    def test_amounts_are_read_as_people_write_them(self, refreshed: Town, signed_in: SignedIn) -> None:
        post(signed_in(), "/segments/high_value/rule/", BIG, status=302)
        rule = queries.rule_in_force(Segment.objects.get(key="high_value")).rule
        assert rule == {"field": "revenue", "op": ">=", "value": 1000.5}


class TestAdd:
    @pytest.mark.parametrize(
        ("names", "key"),
        [
            ({"names_en": "Lunch lovers!"}, "lunch_lovers"),
            ({"names_uz": "Oʻrik gʻamxoʻrlari"}, "orik_gamxorlari"),
            ({"names_ru": "Любители плова"}, "lyubiteli_plova"),
            ({"names_en": "Add"}, "s_add"),
            ({"names_en": "5 visits"}, "s_5_visits"),
            ({"names_uz": "常客"}, "s_"),
        ],
    )
    def test_it_makes_a_segment_with_a_key_from_its_name(
        self, names: dict[str, str], key: str, refreshed: Town, signed_in: SignedIn
    ) -> None:
        response = signed_in().post("/segments/add/", names | BIG)
        assert response["Location"] == f"/segments/{key}/"
        assert page(signed_in(), response["Location"])
        actions.refresh(at=AT + timedelta(hours=1))
        customers = Membership.objects.filter(segment__key=key).values_list("customer", flat=True)
        assert set(customers) == {customer.pk for customer in Customer.objects.filter(profile__revenue__gte="1000.5")}

    def test_without_a_name_nothing_is_made(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = post(signed_in(), "/segments/add/", BIG | {"names_en": "  "}, status=422)
        assert "Write the name in one language at least." in shown
        assert Segment.objects.count() == 5

    def test_two_segments_of_one_name_would_be_taken_for_each_other(self, refreshed: Town, signed_in: SignedIn) -> None:
        post(signed_in(), "/segments/add/", BIG | {"names_en": "Lunch"}, status=302)
        shown = post(signed_in(), "/segments/add/", BIG | {"names_en": "Lunch"}, status=422)
        assert "There is a segment of this name already." in shown
        assert 'value="Lunch"' in shown
        assert Segment.objects.count() == 6

    def test_the_name_of_a_segment_out_of_use_is_free(self, refreshed: Town, signed_in: SignedIn) -> None:
        for key in ("lunch", "lunch_2", "lunch_3"):
            response = signed_in().post("/segments/add/", BIG | {"names_en": "Lunch"})
            assert response["Location"] == f"/segments/{key}/"
            post(signed_in(), f"/segments/{key}/set-aside/", {}, status=302)
            assert signed_in().get(f"/segments/{key}/").status_code == 404

    def test_a_bad_rule_keeps_what_was_written(self, refreshed: Town, signed_in: SignedIn) -> None:
        shown = post(signed_in(), "/segments/add/", BIG | {"names_en": "Rich", "0-0-value": "rich"}, status=422)
        assert "Revenue needs a number." in shown
        assert 'value="Rich"' in shown
        assert 'value="rich"' in shown
        assert Segment.objects.count() == 5


def test_texts_are_kept_in_three_languages(refreshed: Town, signed_in: SignedIn) -> None:
    texts = {"names_uz": "Mehmon", "names_en": "Guest", "descriptions_uz": "Yaqinda keldi <b>"}
    post(signed_in(), "/segments/new/texts/", texts, status=302)
    assert Segment.objects.get(key="new").names == {"uz": "Mehmon", "en": "Guest"}
    assert "Yaqinda keldi &lt;b&gt;" in page(signed_in(language="uz"), "/segments/new/")
    assert "Mehmon</h1>" in page(signed_in(language="ru"), "/segments/new/")  # none in Russian
    assert "Write the name" in post(signed_in(), "/segments/new/texts/", {"names_uz": ""}, status=422)
    assert Segment.objects.get(key="new").names == {"uz": "Mehmon", "en": "Guest"}


def test_a_default_segment_is_never_out_of_use(refreshed: Town, signed_in: SignedIn) -> None:
    assert signed_in().post("/segments/new/set-aside/").status_code == 404
    assert Segment.objects.get(key="new").is_active


class TestRefresh:
    def test_asking_twice_waits_for_one_run(self, refreshed: Town, signed_in: SignedIn) -> None:
        first = signed_in().post("/segments/refresh/", headers={"HX-Request": "true"})
        assert "Customers are being sorted into segments" in text_of(first)
        assert signed_in().post("/segments/refresh/")["Location"] == "/segments/"
        assert RefreshRun.objects.filter(status=RefreshRun.Status.WAITING).count() == 1

    def test_the_page_follows_the_run_to_its_end(self, refreshed: Town, signed_in: SignedIn) -> None:
        run = actions.ask_for_refresh(by=None, at=AT)
        waiting = signed_in().get(f"/segments/refresh/{run.pk}/")
        assert "HX-Refresh" not in waiting
        actions.refresh(at=AT, run=run)
        done = signed_in().get(f"/segments/refresh/{run.pk}/")
        assert done["HX-Refresh"] == "true"
        assert signed_in().get("/segments/refresh/999999/").status_code == 404

    def test_what_went_wrong_is_said(self, refreshed: Town, signed_in: SignedIn) -> None:
        run = actions.ask_for_refresh(by=None, at=AT)
        SegmentVersion.objects.filter(segment__key="new").update(rule={"field": "gone", "op": ">", "value": 1})
        with pytest.raises(ValueError, match="gone"):
            actions.refresh(at=AT, run=run)
        shown = page(signed_in(), f"/segments/refresh/{run.pk}/")
        assert "The refresh failed" in shown
        assert "There is no field “gone”." in shown


def test_a_rule_is_read_back_in_every_language_while_it_is_written_and_afterwards(
    refreshed: Town, signed_in: SignedIn
) -> None:
    browser = signed_in(language="en")
    rule = rules.parse({"field": "purchases", "op": ">=", "value": 2})
    others = [sentence for _code, _language, sentence in queries.in_other_languages(rule)]
    assert len(set(others)) == 2
    fields = {"0-match": "all", "0-0-field": "purchases", "0-0-operator": ">=", "0-0-value": "2"}
    written = post(browser, "/segments/draft/", fields, status=200)
    shown = page(browser, "/segments/high_value/")
    assert "In the other languages" in shown
    assert 'lang="ru"' in shown
    for code in ("uz", "ru"):
        with translation.override(code):
            assert queries.sentence(rule, []) in written
