from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.segments.clusters import finding
from mijoz.segments.clusters.models import ClusterRun


@app.task(name="clusters.find", lock="clusters")
def find(run: int) -> None:
    """Look for the groups that somebody asked for; the page follows the run."""
    asked = ClusterRun.objects.filter(pk=run).first()
    if asked is not None and asked.status in {ClusterRun.Status.WAITING, ClusterRun.Status.RUNNING}:
        finding.carry_out(asked, at=timezone.now())
