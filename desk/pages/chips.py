"""The six categories of the report form that take one tap."""

from django.db.models import Count
from django.db.models.functions import Length

from desk.pages import places
from dispatch.choices import ListKind
from dispatch.models import Responsibility
from matters.models import Category, Matter
from organization import clock
from organization.choices import Level, Role

CHIPS = 6
OWN = 2  # of a grid member's six, what the village or the grid itself leads
RECENT = 500
NEAR = (Level.GRID, Level.VILLAGE, Level.TOWN)
VILLAGE = (Level.GRID, Level.VILLAGE)


def usual(by, categories, *, at):
    """What this person reports most, filled up with the commonest of the place, then the near lists.

    However it is with a grid member's history, two of the six are matters of the village: its commonest take one tap.
    """
    known = {category.pk: category for category in categories}
    place = places.usual(by)
    found = _found(by, known, place)
    if place and any(post.role == Role.GRID_MEMBER for post in by.posts):
        found = _with_own(found, place, _led_by_the_village(place, known, at))
    return [known[pk] for pk in found]


def _found(by, known, place):
    codes = _commonest(Matter.objects.filter(reported_by=by.id, category__in=known).order_by("-pk"))
    if len(codes) < CHIPS and place:
        codes += _commonest(_reported_in(place).order_by("-reported_at"))
    if len(set(codes)) < CHIPS:
        near = Category.objects.filter(
            responsibilities__lead_level__in=NEAR, responsibilities__list_kind=ListKind.BASIC, sensitive=False
        )
        codes += list(near.order_by("code").values_list("pk", flat=True)[: CHIPS * 3])
    return [pk for pk in dict.fromkeys(codes) if pk in known][:CHIPS]


def _with_own(found, place, own):
    """`found` with its last places given to the village's own categories, the commonest of the place first."""
    missing = OWN - len(own & set(found))
    if missing <= 0 or not own:
        return found
    rest = _commonest(_reported_in(place).filter(category__in=own).order_by("-reported_at"))
    more = [pk for pk in dict.fromkeys([*rest, *sorted(own)]) if pk not in found][:missing]
    others = [pk for pk in found if pk not in own]
    dropped = set(others[len(others) - max(0, len(found) + len(more) - CHIPS) :])
    return [pk for pk in found if pk not in dropped] + more


def _led_by_the_village(place, known, at):
    """Ids of the categories whose most special line here names the village or the grid."""
    lines = Responsibility.objects.in_force(clock.day_of(at)).filter(
        area__path__in=place.lineage, category__in=known, category__sensitive=False
    )
    rows = lines.order_by(Length("area__path"), "version")
    leads = {
        category: level or unit_level
        for category, level, unit_level in rows.values_list(
            "category", "lead_level", "lead_department__level"
        )
    }
    return {category for category, level in leads.items() if level in VILLAGE}


def _reported_in(place):
    return Matter.objects.filter(area_path__startswith=place.path, sensitive=False)


def _commonest(matters):
    """Categories of the latest reports, the commonest first."""
    latest = Matter.objects.filter(pk__in=matters.values("pk")[:RECENT], category__isnull=False)
    counted = latest.values("category").annotate(n=Count("pk")).order_by("-n", "category")
    return [row["category"] for row in counted[:CHIPS]]
