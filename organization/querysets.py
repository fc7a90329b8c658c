"""The vocabulary of places, units and appointments."""

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex


class Dated(QuerySet):
    """Rows with `valid_from` and an open or closed `valid_to` (both included)."""

    def valid_on(self, on):
        return self.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))


class AreaQuerySet(Dated):
    def current(self):
        return self.filter(valid_to=None)

    def within(self, area):
        """The area and everything below it, by path with separators, never by a bare prefix."""
        return self.filter(path__startswith=area.path)

    def above(self, area):
        """The area itself and every area that contains it, the smallest first."""
        return self.filter(path__in=area.lineage).order_by("-path")

    def around(self, lon, lat):
        """Grids whose bounding box holds the point; the ring itself is asked by `areas.locate`."""
        return self.filter(
            level="grid", west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat
        ).current()

    def containing(self, path):
        """Areas whose path is a beginning of `path`."""
        return self.annotate(_at=StrIndex(Value(path), F("path"))).filter(_at=1)


class DepartmentQuerySet(Dated):
    def current(self):
        return self.filter(valid_to=None)

    def command_rooms(self):
        return self.filter(kind="command")

    def for_list(self):
        return self.select_related("area", "platform", "stationed_of")


class PostQuerySet(Dated):
    def of_role(self, *roles):
        return self.filter(role__in=roles)

    def for_scope(self):
        """What `visible_to` needs to know of each appointment, in one query."""
        return self.select_related("area", "department", "department__area")
