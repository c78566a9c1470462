"""The ledger of points and stamps. Every posting moves points from one account to another, so it always balances."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.events.models import Source
from mijoz.loyalty.models.offers import Redemption
from mijoz.loyalty.models.programmes import Programme


class Account(models.Model):
    """A customer's points in a programme, or one of the house's own accounts, which mirror all customers' together.

    `balance` is kept for customers by a trigger on postings and is never negative. `owed` are points that a late
    refund should have taken back when they were spent already: what is earned next pays them first.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer"
        ISSUED = "issued"
        REDEEMED = "redeemed"
        EXPIRED = "expired"
        ADJUSTED = "adjusted"

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="loyalty_accounts")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CUSTOMER, db_default="customer")
    balance = models.BigIntegerField(default=0, db_default=0)
    owed = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="points_never_below_zero"),
            models.CheckConstraint(condition=Q(owed__gte=0), name="owed_points_never_below_zero"),
            models.CheckConstraint(
                condition=(Q(kind="customer") & Q(customer__isnull=False))
                | (~Q(kind="customer") & Q(customer__isnull=True)),
                name="account_is_a_customers_or_the_houses",
            ),
            models.UniqueConstraint(
                fields=["programme", "customer"], condition=Q(kind="customer"), name="one_account_of_a_customer"
            ),
            models.UniqueConstraint(
                fields=["programme", "kind"], condition=~Q(kind="customer"), name="one_house_account_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id or ''}"


class Lot(models.Model):
    """Points that came in together and expire together; spending takes from the lots that expire first."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots", db_index=False)
    points = models.BigIntegerField()
    remaining = models.BigIntegerField()
    came_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=200, default="", db_default="")  # of the purchase

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0) & Q(remaining__gte=0) & Q(remaining__lte=F("points")),
                name="a_lot_holds_what_is_left_of_it",
            )
        ]
        indexes = [
            models.Index(fields=["account"], name="lot_open", condition=Q(remaining__gt=0)),
            models.Index(
                fields=["expires_at"], name="lot_expiring", condition=Q(remaining__gt=0, expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.points}"


FOLLOW_BALANCES = """
    UPDATE loyalty_account a SET balance = a.balance + moved.points
    FROM (
        SELECT account_id, sum(points) AS points FROM (
            SELECT to_account_id AS account_id, points FROM fresh
            UNION ALL SELECT from_account_id, -points FROM fresh
        ) AS sides GROUP BY account_id
    ) AS moved
    WHERE a.id = moved.account_id AND a.kind = 'customer';
    RETURN NULL;
"""


class Posting(models.Model):
    """So many points from one account to another, written once and never changed.

    Both sides stand in one row, so no posting can be out of balance, and the sum of all accounts is always zero.
    """

    class Kind(models.TextChoices):
        EARNED = "earned"
        TAKEN_BACK = "taken_back"
        REDEEMED = "redeemed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        ADJUSTED = "adjusted"

    id = models.BigAutoField(primary_key=True)
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="gone", db_index=False)
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="come", db_index=False)
    points = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    posted_at = models.DateTimeField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="postings", db_index=False)
    redemption = models.ForeignKey(
        Redemption, on_delete=models.PROTECT, null=True, related_name="postings", db_index=False
    )
    posted_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="a_posting_moves_points"),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="a_posting_has_two_sides"),
        ]
        indexes = [
            models.Index(fields=["lot"], name="posting_by_lot"),
            models.Index(fields=["redemption"], name="posting_by_redemption", condition=Q(redemption__isnull=False)),
            models.Index(fields=["posted_at"], name="posting_by_moment"),
        ]
        triggers = [
            pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="balances_follow",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=FOLLOW_BALANCES,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class Earning(models.Model):
    """What one purchase is worth in a programme, so that the log can be counted again and again.

    `due` is what its lines are worth, `points` what was given for it; they differ where a refund exceeds all that the
    customer ever earned. `factor` is that of the first time.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="earnings", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=200)
    bought_at = models.DateTimeField()
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    units = models.FloatField(default=0, db_default=0)
    factor = models.DecimalField(max_digits=6, decimal_places=2, default=1, db_default=1)
    due = models.BigIntegerField()
    points = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "source", "reference"], name="a_purchase_earns_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.points}"
