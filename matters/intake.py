"""The one entrance for every channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from matters import attachments, search, timeline
from matters.choices import Kind, Urgency
from matters.models import Category, Channel, Matter, Reporter
from matters.refusals import Invalid
from organization import areas, clock, coordinates, rows
from organization.actors import Actor
from organization.models import Area, Department

SHORTEST_TEXT = 4
TITLE_LENGTH = 40


@dataclass(frozen=True)
class Point:
    """Where it was seen, in degrees of `crs`: wgs84, cgcs2000, gcj02 or bd09."""

    lon: float
    lat: float
    crs: str = "wgs84"
    accuracy_m: float | None = None


@dataclass(frozen=True)
class NewMatter:
    """A report as a door hands it over."""

    channel: Channel
    text: str = ""
    title: str = ""
    category: Category | None = None
    area: Area | None = None
    point: Point | None = None
    address: str = ""
    urgency: str = Urgency.NORMAL
    over: bool = False  # the reporter says that the danger is past, whatever the words
    occurred_at: datetime | None = None
    reply_by: datetime | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    about: Department | None = None
    handled_text: str = ""
    external_id: str | None = None
    attachments: tuple[UUID | str, ...] = ()


def register(new: NewMatter, *, by: Actor, at: datetime) -> tuple[Matter, bool]:
    """Store a report and its first entry; returns (matter, created).

    The same client and external id give the matter that is already there. Raises Invalid;
    `dispatch.reporting.report` opens the transaction that then takes everything back.
    """
    if known := _already_known(new, by):
        return known, False
    if not new.attachments and len(new.text.strip()) < SHORTEST_TEXT:
        raise Invalid(
            _("Take a photo or write one sentence (4 characters or more)."), field="text", code="empty"
        )
    area = place_of(new)
    matter = Matter(
        number=_next_number(at), reported_at=at, turn_since=at, level=area.level, **_facts(new, area, by)
    )
    matter.search = search.vector(matter.number, matter.title, matter.text, matter.address)
    line = timeline.Line(Kind.REPORTED, text=new.text, public=True, data={"channel": new.channel.code})
    entry = timeline.append(matter, line, by=by, at=at)
    rows.insert([matter])
    entry.matter_id = matter.pk
    rows.insert([entry])
    if new.reporter_name or new.reporter_phone:
        rows.insert([Reporter(matter=matter, name=new.reporter_name, phone=new.reporter_phone)])
    attachments.bind(new.attachments, matter, entry, by=by)
    return matter, True


def place_of(new: NewMatter) -> Area:
    """The smallest area known of the report: the grid of its point, else the area chosen, else the district.

    A point inside the chosen area makes it finer; elsewhere the choice of a person wins. Raises Invalid
    for a point in no grid.
    """
    if new.point is None:
        return new.area or areas.district()
    lon, lat = coordinates.to_cgcs2000(new.point.lon, new.point.lat, new.point.crs)
    grid = areas.locate(lon, lat)
    if new.area:
        return grid if grid and new.area.holds(grid.path) else new.area
    if grid is None:
        raise Invalid(
            _("This point lies outside the district. Choose the place from the list, or move the pin."),
            field="location", code="outside",
        )  # fmt: skip
    return grid


def _already_known(new: NewMatter, by: Actor) -> Matter | None:
    if by.client is None or not new.external_id:
        return None
    with connection.cursor() as cursor:  # two that arrive at once: the second waits and finds the first
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [by.client.pk, new.external_id])
    return Matter.objects.filter(client=by.client, external_id=new.external_id).first()


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('matter_serial')")
        return f"{clock.day_of(at).year}-{cursor.fetchone()[0]:05d}"


def _facts(new: NewMatter, area: Area, by: Actor) -> dict[str, Any]:
    point = new.point
    lon, lat = coordinates.to_cgcs2000(point.lon, point.lat, point.crs) if point else (None, None)
    return {
        "text": new.text.strip(),
        "title": new.title.strip() or _title(new),
        "category": new.category,
        "sensitive": bool(new.category and new.category.sensitive),
        "urgency": _urgency(new),
        "channel": new.channel,
        "area": area,
        "area_path": area.path,
        "address": new.address,
        "lon": lon,
        "lat": lat,
        "accuracy_m": point and point.accuracy_m,
        "source_point": point and {"lon": point.lon, "lat": point.lat, "crs": point.crs},
        "occurred_at": new.occurred_at,
        "reply_by": new.reply_by,
        "about_department": new.about,
        "handled_text": new.handled_text.strip(),
        "external_id": new.external_id or None,
        "client": by.client,
        "reported_by": by.person,
    }


def _urgency(new: NewMatter) -> str:
    """An emergency category makes an emergency whatever the reporter chose."""
    return Urgency.EMERGENCY if new.category and new.category.emergency else new.urgency


def _title(new: NewMatter) -> str:
    """The first clause of the text, else the category, else the plain fact of a photo."""
    first = new.text.strip().splitlines()[0] if new.text.strip() else ""
    if len(first) > TITLE_LENGTH:
        return first[: TITLE_LENGTH - 1] + "…"
    return first or (new.category.name if new.category else _("Photo report"))
