"""The vocabulary of nodes, lines and messages."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Length

from dispatch.choices import RUNNING, STUCK_AFTER, WORKED, LineState
from matters.choices import Urgency
from matters.models import Category, Matter
from organization.actors import Actor
from organization.choices import Role
from organization.models import Area, Person
from organization.statements import Given

if TYPE_CHECKING:
    from dispatch.alarms import EmergencyMode  # noqa: F401
    from dispatch.models import Node, Notice, Outbox, Responsibility  # noqa: F401  (row types, named in strings)


class ResponsibilityQuerySet(QuerySet["Responsibility"]):
    def in_force(self, on: date) -> Self:
        return (
            self.published()
            .filter(effective_from__lte=on)
            .filter(Q(effective_to=None) | Q(effective_to__gt=on))
        )

    def published(self) -> Self:
        return self.filter(state=LineState.PUBLISHED)

    def in_draft(self) -> Self:
        """What two people have still to look at."""
        return self.exclude(state=LineState.PUBLISHED)

    def answering(self, category: Category, area: Area) -> Self:
        """Lines for the category whose area holds the place, the most specific area first."""
        return (
            self.filter(category=category, area__path__in=area.lineage)
            .select_related("area")
            .defer("legal_basis", "standard", "liability", "area__ring")
            .order_by(Length("area__path").desc(), "-version")
        )

    def for_list(self) -> Self:
        return self.select_related("category__platform", "area", "lead_department")


class NodeQuerySet(QuerySet["Node"]):
    def running(self) -> Self:
        return self.filter(status__in=RUNNING)

    def alarm_due(self, at: datetime | Given) -> Self:
        return self.filter(next_alarm_at__lte=at)

    def stuck(self) -> Self:
        """Failed to ring eight times or more; tried again every ten minutes."""
        return self.filter(failures__gte=STUCK_AFTER, next_alarm_at__isnull=False)

    def overdue(self, at: datetime) -> Self:
        return self.running().filter(due_at__lt=at)

    def due_before(self, at: datetime) -> Self:
        return self.running().filter(due_at__lt=at)

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(matter__in=Matter.objects.visible_to(actor))

    def waiting_for(self, actor: Actor) -> Self:
        """The inbox: running nodes of the person's units that no colleague was given, and the person's own.

        A callback that asks waits for the reporter, not for them.
        """
        units = [p.department_id for p in actor.posts if p.role in (Role.HANDLER, Role.HEAD, Role.DISPATCHER)]
        headed = [p.department_id for p in actor.posts if p.role in (Role.HEAD, Role.DISPATCHER)]
        mine = Q(assignee=actor.id) | Q(department__in=units, assignee=None) | Q(department__in=headed)
        return self.running().filter(mine, asks=False).visible_to(actor)

    def for_duty(self) -> Self:
        """What somebody must answer or look at now; whatever rings before what only waits for a look."""
        waiting = self.running().filter(Q(ring_at__isnull=False) | Q(look_due_at__isnull=False))
        return waiting.select_related("matter__area", "matter__category", "department__area").order_by(
            F("ring_at").asc(nulls_last=True), "opened_at", "pk"
        )

    def answered(self) -> Self:
        """Emergencies at work: somebody has answered and the step still runs."""
        answered = self.running().filter(urgency=Urgency.EMERGENCY, kind__in=WORKED, ring_at=None)
        return answered.filter(Q(acknowledged_at__isnull=False) | Q(signed_at__isnull=False)).for_inbox()

    def soonest(self) -> Self:
        """By the next consequence; the fixed order of every inbox."""
        return self.order_by("next_alarm_at", "pk")

    def for_list(self) -> Self:
        joined = self.select_related("matter", "department", "assignee")
        return joined.defer(*_LONG, "assignee__password", "department__sort_key")

    def for_inbox(self) -> Self:
        """A row of the inbox or the tray: the step with what its matter says."""
        matters = Matter.objects.for_list()
        return self.select_related("department", "assignee").prefetch_related(Prefetch("matter", matters))

    def for_file(self) -> Self:
        return self.select_related(
            "department__area", "department__stationed_of", "assignee", "line"
        ).order_by("opened_at", Case(When(part="lead", then=Value(0)), default=Value(1)), "pk")


_LONG = ("matter__search", "matter__salt", "matter__head", "matter__source_point", "matter__handled_text")


class OutboxQuerySet(QuerySet["Outbox"]):
    def sendable(self, business_now: datetime, real_now: datetime) -> Self:
        return self.filter(
            Q(retry_at=None) | Q(retry_at__lte=real_now),
            Q(lease_until=None) | Q(lease_until__lt=real_now),
            state="ready",
            send_after__lte=business_now,
        )

    def carrying(self) -> Self:
        """One row for each message that goes out: the others of a digest go with theirs."""
        return self.filter(Q(batch=None) | Q(batch=F("message_id")))

    def oldest_first(self) -> Self:
        return self.order_by("pk")

    def for_sending(self) -> Self:
        return self.select_related("recipient", "matter", "unit", "node__department")


class NoticeQuerySet(QuerySet["Notice"]):
    def of(self, person: Person) -> Self:
        return self.filter(person=person)

    def unseen(self) -> Self:
        return self.filter(seen_at=None)

    def for_list(self) -> Self:
        return self.select_related("matter", "node__department").order_by("-at", "-pk")


class ModeQuerySet(QuerySet["EmergencyMode"]):
    def not_ended(self) -> Self:
        """Neither ended by hand; whether one is over by itself depends on the moment asked about."""
        return self.filter(ended_at=None)

    def in_force(self, at: datetime) -> Self:
        return self.not_ended().filter(began_at__lte=at, ends_at__gt=at)
