"""The vocabulary of matters: words filter and shape; they never write and never read the clock."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from matters import search
from matters.choices import OPEN
from organization.choices import ActorKind, Level, Role

_BY_PLACE = (Role.GRID_MEMBER, Role.DISPATCHER, Role.SUPERVISOR, Role.AUDITOR)
_BY_UNIT = (Role.HANDLER, Role.HEAD)


class MatterQuerySet(QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def overdue(self, at):
        """Some running node is past its due moment."""
        return self.open().filter(soonest_due_at__lt=at)

    def due_before(self, at):
        return self.open().filter(due_at__lt=at)

    def escalated(self):
        return self.filter(escalated_level__isnull=False)

    def within(self, area):
        return self.filter(area_path__startswith=area.path)

    def containing(self, words):
        """Text, title, address or number hold every word; substrings of two characters and more."""
        return self.filter(search.matches(words))

    def visible_to(self, actor):
        """The matters the actor may know of: the union over valid posts, less recusal."""
        if actor.is_rule:
            return self
        if actor.kind == ActorKind.CLIENT:
            return self.filter(area_path__startswith=actor.client.area.path, sensitive=False)
        if actor.kind == ActorKind.REPORTER:
            return self.none()
        units = {post.department_id for post in actor.posts if post.department_id}
        seen = self.filter(_in_scope(actor) & Q(sensitive=False) | _in_confidence(actor) & Q(sensitive=True))
        # recusal: a matter about a unit is never shown to it
        return seen.exclude(about_department__in=units) if units else seen

    def for_list(self):
        return self.select_related("category", "area", "responsible", "channel")

    def for_file(self):
        return self.select_related(
            "category__platform", "area__parent__parent", "channel", "reporter", "about_department",
            "responsible__area", "responsible__stationed_of", "reported_by", "client",
        )


def _in_scope(actor):
    """Ordinary matters: by place, by unit, and the person's own reports."""
    scope = Q(reported_by=actor.id)
    units, bureaus = [], []
    for post in actor.posts:
        if post.role in _BY_PLACE:
            scope |= Q(area_path__startswith=post.area.path)
        if post.role in _BY_UNIT or post.role == Role.DISPATCHER:
            units.append(post.department_id)
        if post.role in _BY_UNIT and post.department.level == Level.VILLAGE:
            scope |= Q(area_path__startswith=post.department.area.path)
        if post.role == Role.HEAD:
            bureaus.append(post.department_id)
    if Role.ADMINISTRATOR in {post.role for post in actor.posts} and len(actor.posts) == 1:
        return Q(pk__in=[])
    return scope | _took_part(actor, units, bureaus)


def _in_confidence(actor):
    """Sensitive matters: who holds their nodes, the named sensitive desk, the auditor; never by place alone."""
    scope, units = Q(), []
    for post in actor.posts:
        if post.role == Role.AUDITOR or post.sensitive_desk:
            scope |= Q(area_path__startswith=(post.area or post.department.area).path)
        if post.role in _BY_UNIT and not post.department.is_command_room or post.sensitive_desk:
            units.append(post.department_id)
    return scope | _took_part(actor, units, ())


def _took_part(actor, units, bureaus):
    of = Q(person=actor.id)
    if units:
        of |= Q(department__in=units)
    if bureaus:
        of |= Q(department__stationed_of__in=bureaus)
    return Q(Exists(QuerySet(model=_model("Participation")).filter(of, matter=OuterRef("pk"))))


def _model(name):
    """Models stand above querysets in a room, so a word that needs a sister table asks the registry."""
    return apps.get_model("matters", name)


class EntryQuerySet(QuerySet):
    def of_kind(self, *kinds):
        return self.filter(kind__in=kinds)

    def public(self):
        return self.filter(public=True)

    def for_timeline(self):
        return self.select_related("department").order_by("seq")


class AttachmentQuerySet(QuerySet):
    def unbound(self):
        return self.filter(matter=None)

    def owned_by(self, actor):
        return self.filter(owner_kind=actor.kind, owner_id=actor.id)
