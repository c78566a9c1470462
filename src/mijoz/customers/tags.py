"""Tags: short words by which staff find customers again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from mijoz.customers.models import Customer, Tag, Tagging
from mijoz.customers.names import fold
from mijoz.ui import live

LONGEST = 60
SUGGESTED = 12

# The people are read where they stand, however many they are.
TAG_ALL = """
    INSERT INTO customers_tagging (customer_id, tag_id)
    SELECT held.id, %s FROM (
        SELECT id FROM customers_customer WHERE id IN ({people}) AND erased_at IS NULL ORDER BY id FOR KEY SHARE
    ) AS held
    ON CONFLICT (customer_id, tag_id) DO NOTHING
    RETURNING customer_id
"""


def tidy(name: str) -> str:
    """The tag as it is kept: without # and runs of blanks."""
    return " ".join(name.lstrip("# ").split())[:LONGEST].strip()


def tag(people: QuerySet[Customer], name: str) -> int:
    """Give the tag to all of these customers but the erased with one statement; returns how many did not have it.

    A tag that differs in large and small letters or in its script alone is the same tag.
    """
    with transaction.atomic():
        wanted = named(name) or Tag.objects.get_or_create(name=tidy(name))[0]
        statement, parameters = people.order_by().values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(TAG_ALL.format(people=statement), [wanted.pk, *parameters])
            tagged = [row[0] for row in cursor.fetchall()]
        if tagged:
            live.notify("customers", ids=tagged)
    return len(tagged)


def untag(customer_ids: Sequence[int], tag_id: int) -> None:
    """Take the tag off the person kept under these numbers; a tag that nobody has is no more."""
    with transaction.atomic():
        Tagging.objects.filter(customer__in=customer_ids, tag=tag_id).delete()
        Tag.objects.filter(pk=tag_id, taggings=None).delete()
        live.notify("customers", ids=customer_ids)


def named(name: str) -> Tag | None:
    """The tag that is called so, whatever the letters."""
    key = fold(tidy(name))
    return next((tag for tag in Tag.objects.all() if tag.name == name or fold(tag.name) == key), None)


def tags_of(customer_ids: Sequence[int]) -> list[Tag]:
    """The tags of the person kept under these numbers, by name."""
    return list(Tag.objects.filter(taggings__customer__in=customer_ids).distinct())


def all_tags() -> list[Tag]:
    """Every tag, those that most customers have first."""
    return list(Tag.objects.annotate(people=Count("taggings")).order_by("-people", "name"))
