"""A calendar comes into force, or an outage is declared: what would move is shown first, then counted matter by matter.

The count is a job in the database. Whoever runs sweeps goes on with it, a few matters at a time, each in a transaction
of its own with the job's cursor: killed at any instruction it goes on where it was. Nobody waits for it: a step
counted with an earlier calendar is counted anew before it may ring.
"""

import logging
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dispatch import excuses, limits, recount
from dispatch.choices import JobState
from dispatch.clocks import Outage, RecountJob
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.querysets import NodeQuerySet
from matters import lifecycle
from organization import drafts
from organization.actors import Actor
from organization.models import CalendarDraft, CalendarVersion

log = logging.getLogger(__name__)


@transaction.atomic
def publish(draft: CalendarDraft, *, note: str, by: Actor, at: datetime) -> RecountJob:
    """The draft becomes the calendar in force, and every running clock is counted with it. Raises ValidationError."""
    return start(drafts.publish(draft, note=note, at=at), by=by, at=at)


def start(version: CalendarVersion, *, by: Actor, at: datetime) -> RecountJob:
    """Count every running clock with a calendar that was just published."""
    job = RecountJob(version=version.number, why=version.note[:200])
    return _start(job, by=by, at=at)


@transaction.atomic
def declare(*, began_at: datetime, ended_at: datetime, why: str, by: Actor, at: datetime) -> RecountJob:
    """Say that the platform was away: the working time lost is given back to every deadline it overlapped.

    Raises ValidationError for a window that is not past, or overlaps one declared before.
    """
    found = outage(began_at=began_at, ended_at=ended_at, why=why, by=by, at=at)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise ValidationError(_("It overlaps an outage that was declared before.")) from error
    return _start(RecountJob(outage=found, why=why[:200]), by=by, at=at)


def outage(*, began_at: datetime, ended_at: datetime, why: str, by: Actor, at: datetime) -> Outage:
    """An outage not declared yet, for its preview. Raises ValidationError."""
    if not began_at < ended_at <= at:
        raise ValidationError(_("An outage begins before it ends, and is over when it is declared."))
    return Outage(began_at=began_at, ended_at=ended_at, why=why, declared_by=by.name, declared_at=at)


def work(*, at: datetime, limit: int = 100) -> int:
    """Go on with the oldest job, at most `limit` matters; returns how many were counted. Safe in many processes."""
    running = RecountJob.objects.filter(state=JobState.RUNNING)
    if not running.exists():
        return 0
    timing, counted = limits.timing(at), 0
    while counted < limit and _next(timing):
        counted += 1
    return counted


def affected(job: RecountJob) -> NodeQuerySet:
    """The running steps a job still has to look at."""
    nodes = Node.objects.running()
    if job.outage:
        return excuses.overlapped(nodes, job.outage)
    return nodes.filter(calendar_version__lt=job.version)


def _start(job: RecountJob, *, by: Actor, at: datetime) -> RecountJob:
    job.started_by, job.started_at = by.name, at
    job.total = affected(job).values("matter").distinct().count()
    job.save()
    return job


@transaction.atomic
def _next(timing: Timing) -> bool:
    """One matter of the oldest job; False when there is none, or another process is at it."""
    jobs = RecountJob.objects.select_for_update(of=("self",), skip_locked=True).select_related("outage")
    job = jobs.filter(state=JobState.RUNNING).order_by("pk").first()
    if (
        job is None or (job.version or 0) > timing.calendar.version
    ):  # this process has not read the new one yet
        return False
    waiting = affected(job).filter(matter__gt=job.cursor).order_by("matter")
    matter_id = waiting.values_list("matter", flat=True).first()
    if matter_id is None:
        _finish(job, timing)
        return True
    job.cursor = matter_id
    job.seen += 1
    try:
        with transaction.atomic():
            job.moved += _count(job, matter_id, timing)
    except Exception:
        # one matter that cannot be counted never stops the rest; its steps are counted when they ring
        log.exception("matter %s could not be recounted", matter_id)
        job.failed += 1
    job.save(update_fields=["cursor", "seen", "moved", "failed"])
    return True


def _count(job: RecountJob, matter_id: int, timing: Timing) -> int:
    matter = lifecycle.lock(matter_id)
    moved = excuses.excuse(matter, job.outage, timing) if job.outage else recount.by_calendar(matter, timing)
    return len({move.node.pk if move.node else None for move in moved})


def _finish(job: RecountJob, timing: Timing) -> None:
    """Done, or once more from the start for what was opened with the old calendar while the job was under way."""
    left = not job.outage and job.cursor and affected(job).filter(Q(matter__lte=job.cursor)).exists()
    if left and not job.failed:
        job.cursor = 0
    else:
        job.state, job.finished_at = JobState.DONE, timing.at
    job.save(update_fields=["cursor", "state", "finished_at"])
