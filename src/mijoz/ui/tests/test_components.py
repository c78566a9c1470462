"""Components escape what they are given and keep the address of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

HOSTILE = "</script><img src=x onerror=alert(1)>"


def render(source: str, address: str = "/list/", **context: Any) -> str:
    request = RequestFactory().get(address)
    return Template(source).render(Context({"request": request} | context))


def test_a_chart_carries_hostile_names_as_data() -> None:
    figure = {"kind": "bar", "categories": [HOSTILE], "series": [{"name": HOSTILE, "values": [1]}]}
    html = render("{% chart label=label figure=figure note=label %}", figure=figure, label=HOSTILE)
    assert html.count("</script>") == 1  # the end of the description itself
    assert "<img" not in html


def test_texts_of_components_are_escaped() -> None:
    html = render(
        "{% page_header title=x lead=x back_url='/' back_label=x %}{% endpage_header %}{% badge x %}{% segment x x %}"
        "{% avatar x %}{% copy_button x %}{% suggestion x x note=x %}"
        "{% empty_state title=x text=x %}{% endempty_state %}"
        "{% dialog id='d' title=x %}{% enddialog %}{% kpi label=x value=x note=x %}{% icon 'x' x %}"
        "{% timeline_item title=x note=x %}{% endtimeline_item %}{% progress url=x share=0.5 label=x note=x %}",
        x=HOSTILE,
    )
    assert "<img" not in html
    assert "</script>" not in html


def test_a_heading_sorts_keeps_the_filters_and_starts_at_the_first_page() -> None:
    header = '{% sort_header "spent" "Spent" default="-spent" %}'
    assert 'href="?q=ali&amp;sort=spent"' in render(header, "/list/?q=ali&page=3")
    assert 'aria-sort="descending"' in render(header)
    assert 'aria-sort="ascending"' in render(header, "/list/?sort=spent")
    assert 'href="?sort=-spent"' in render(header, "/list/?sort=spent")
    assert 'aria-sort="none"' in render('{% sort_header "name" "Name" default="-spent" %}')


def test_sums_fall_at_the_first_click() -> None:
    assert 'href="?sort=-spent"' in render('{% sort_header "spent" "Spent" falling=True %}')


def test_pages_keep_filters_and_order() -> None:
    page = Paginator(range(101), 50).get_page(2)
    html = render("{% pagination page %}", "/list/?q=ali&sort=name&page=2", page=page)
    assert "51–100 of 101" in html
    assert 'href="?q=ali&amp;sort=name&amp;page=3"' in html
    assert 'rel="prev"' in html


def test_a_short_list_has_no_links_to_pages() -> None:
    page = Paginator(range(3), 50).get_page(1)
    assert "<ul" not in render("{% pagination page %}", page=page)


def test_filters_show_what_was_searched_and_keep_the_order() -> None:
    html = render('{% filters placeholder="Name" %}{% endfilters %}', "/list/?q=%22%3E%3Cimg&sort=-name")
    assert "<img" not in html
    assert 'name="sort" value="-name"' in html


def test_an_export_takes_the_list_as_it_is_filtered() -> None:
    html = render("{% export_button '/list.csv' %}", "/list/?q=ali&role=owner&page=4")
    assert 'href="/list.csv?q=ali&amp;role=owner"' in html


def test_progress_asks_again_only_while_the_job_runs() -> None:
    running = '{% progress url="/job" share=0.4 label="Importing" %}'
    assert 'hx-get="/job"' in render(running)
    assert 'aria-valuenow="40"' in render(running)
    for ended in ("done=True", "failed=True"):
        assert "hx-get" not in render('{% progress url="/job" share=1 label="Importing" ' + ended + " %}")
