"""Who is who: the identities that lead to a customer, merges, and pairs that may be one person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.customers.models.people import Customer
from mijoz.events.models import Identity


class Ownership(models.Model):
    """Which customer an identity belongs to. A merge moves these rows and touches no event.

    `home` is whose it is without any merge, and `customer` always whoever `home` was merged into, at any depth:
    so every merge can be undone, in any order.
    """

    identity = models.OneToOneField(Identity, on_delete=models.CASCADE, primary_key=True, related_name="ownership")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="ownerships")
    home = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(db_default=Now())
    is_shared = models.BooleanField(db_default=False, default=False)  # a family's or a company's: proves nobody
    shared_because = models.CharField(max_length=200, db_default="", default="")  # staff's words, or a key of Mijoz
    retired_at = models.DateTimeField(null=True)  # the value belongs to somebody else since then
    proved_at = models.DateTimeField(null=True)  # when its holder showed that it is theirs (a code, a link)

    def __str__(self) -> str:
        return f"{self.identity_id} → {self.customer_id}"


class Merge(models.Model):
    """The ledger: two customers became one, by whom and why; `snapshot` is how both stood just before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_away")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")  # null: Mijoz
    reason = models.CharField(max_length=400)
    evidence = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-merged_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="merge_of_two"),
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at__isnull=True), name="absorbed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"


class Pair(models.Model):
    """Two customers who may be one person: how likely, on what evidence, and what was decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To review")
        MERGED = "merged", _("Merged")
        APART = "apart", _("Two people")  # never suggested and never merged by a machine again

    left = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    probability = models.FloatField()
    weight = models.FloatField()  # log2 of the Bayes factor, the prior included
    evidence = models.JSONField(default=list)  # a row for each comparison: name, both values, weight
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    merge = models.ForeignKey(Merge, on_delete=models.SET_NULL, null=True, related_name="+")  # what deciding made of it
    put_off_at = models.DateTimeField(null=True)  # asked for later: it comes after all others
    held_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    held_until = models.DateTimeField(null=True)  # until then nobody else is shown it

    class Meta:
        ordering = ["-probability", "id"]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="pair_found_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "merged", "apart"]), name="pair_state_is_known"),
        ]
        indexes = [
            models.Index(
                F("put_off_at").asc(nulls_first=True),
                F("probability").desc(),
                "id",
                name="pair_to_review",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} ~ {self.right_id}"

    @property
    def is_weighed(self) -> bool:
        """Whether a search compared the two; else a source said that they are one, and the likelihood is none."""
        return any("weight" in row for row in self.evidence)
