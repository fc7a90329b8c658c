"""Mass data for measurements: many plausible matters by COPY, 85 % of them closed. Never for people to read."""

import random
from datetime import timedelta

from django.db import connection, transaction

from demo.seeding import facts
from demo.seeding.copying import Table, reserved
from demo.seeding.life_stories import ENDINGS
from demo.seeding.lives import Life
from dispatch import ladders, limits
from dispatch.clocks import ClockSpan
from dispatch.models import Node, Responsibility, Routing, Rung
from dispatch.responsibility import Units, forbids
from matters import search
from matters.models import Channel, Entry, Matter, Participation, Rating, Reporter, new_token
from organization import clock
from organization.calendar import Unit
from organization.choices import Level, Role
from organization.clock import ZONE
from organization.models import ApiClient, Area, Post

LOADERS = 990106  # the advisory lock of those who take keys
YEAR = timedelta(days=365)
KEYS = {
    "matter": 1,
    "node": 6,
    "entry": 14,
    "participation": 8,
    "routing": 1,
    "rating": 1,
    "rung": 1,
    "span": 4,
}
MODELS = {
    "matter": Matter, "reporter": Reporter, "node": Node, "entry": Entry, "rung": Rung,
    "participation": Participation, "routing": Routing, "rating": Rating, "span": ClockSpan,
}  # fmt: skip


class Mass:
    """What all rows share, read once: places, lines with their units there, people, words."""

    def __init__(self, now):
        self.now, self.rng = now, random.Random()
        self.opened = []
        timing = limits.timing(now)
        self.calendar, self.policy = timing.calendar, timing.policy
        self.tables = {name: Table(model) for name, model in MODELS.items()}
        self.channels = list(Channel.objects.order_by("pk"))
        self.words = facts.texts()
        hotline = ApiClient.objects.get(name="hotline")
        self.hotline = ("client", hotline.pk, hotline.name)
        grids = Area.objects.filter(level=Level.GRID, ring__isnull=False)
        self.grids = list(grids.select_related("parent"))
        lines = list(Responsibility.objects.in_force(clock.day_of(now)).select_related("category"))
        self.routes = {
            place: list(_routes(place, lines, now)) for place in {grid.parent for grid in self.grids}
        }
        self.long_routes = {
            place: [each for each in found if _is_long(each[0])] for place, found in self.routes.items()
        }
        posts = Post.objects.exclude(department=None).select_related("person").order_by("pk")
        self.staff = {post.department_id: post.person for post in posts if post.role != Role.HEAD}
        members = Post.objects.filter(role=Role.GRID_MEMBER).select_related("person")
        self.members = {post.area_id: post.person for post in members}

    @transaction.atomic
    def load(self, count):
        """Load `count` matters in one transaction."""
        self._reserve(count)
        self.rng.seed(self.serials[0])  # the same chunk is the same, whoever loads it
        for serial in self.serials:
            self._matter(serial)
        ladders.store(self.opened, ())
        self.opened.clear()
        for table in self.tables.values():
            table.flush()

    def _reserve(self, count):
        """Keys and numbers, while no other loader takes any."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOADERS])
            try:
                for name, each in KEYS.items():
                    self.tables[name].reserve(count * each)
                self.serials = reserved(cursor, "matter_serial", count)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOADERS])

    def _matter(self, serial):
        ending, _share, is_open = self.rng.choices(ENDINGS, [share for _, share, _ in ENDINGS])[0]
        grid = self.rng.choice(self.grids)
        routes = (self.long_routes if is_open else self.routes)[grid.parent]
        line, units, assisting = self.rng.choice(routes)
        at = self.now - (
            timedelta(hours=self.rng.uniform(0.05, 3)) if is_open else YEAR * self.rng.uniform(0.03, 1)
        )
        key, number = self.tables["matter"].next_key(), f"{at.astimezone(ZONE).year}-{serial:05d}"
        life = Life(self, key, number, at)
        life.line, life.unit, life.assisting, life.units, life.grid = (
            line,
            units.lead(line),
            assisting,
            units,
            grid,
        )
        outcome = ending(life)
        self._write(life, outcome, grid, line, at)

    def _write(self, life, outcome, grid, line, at):
        text, channel, rng = life.text, life.channel, self.rng
        title = text[:39] + "…" if len(text) > 40 else text
        point = {
            "lon": round(rng.uniform(grid.west, grid.east), 6),
            "lat": round(rng.uniform(grid.south, grid.north), 6),
        }
        lexemes = search.lexemes(f"{life.chain.number} {title} {text} {grid.name}")
        self.tables["matter"].add(
            **{
                "id": life.matter, "number": life.chain.number, "token": new_token(),
                "revision": 6, "text": text, "title": title, "category_id": line.category_id, "channel_id": channel.pk,
                "area_id": grid.pk, "area_path": grid.path, "address": grid.name, **point, "accuracy_m": 30.0,
                "source_point": {**point, "crs": "cgcs2000"}, "reported_at": at, "sensitive": line.category.sensitive,
                "search": " ".join(f"'{word}'" for word in lexemes), "entry_count": life.chain.seq,
                "head": life.chain.head, "salt": life.chain.salt, **outcome,
            }
        )  # fmt: skip
        if channel.code in ("hotline", "mini", "wechat", "visit"):
            phone = f"141000{rng.randrange(10**5):05d}"
            self.tables["reporter"].add(
                matter_id=life.matter, name=rng.choice(self.words["surnames"]) + "女士", phone=phone
            )

    def draw_report(self, life):
        """Text, channel and sender of a report."""
        life.channel = self.rng.choice(self.channels)
        spot = self.rng.choice(self.words["spots"]["urban"])
        village = life.grid.parent.name
        text = self.rng.choice(self.words["reports"][life.line.code])
        life.text = text.format(village=village, spot=village + spot)
        member = self.members[life.grid.pk]
        return ("person", member.pk, member.name) if life.channel.code == "grid" else self.hotline

    def actor(self, unit):
        person = self.staff[unit.pk]
        return ("person", person.pk, person.name)

    def member(self, grid):
        person = self.members[grid.pk]
        return person.pk, ("person", person.pk, person.name)


def _routes(village, lines, now):
    """(line, units, assisting units) of every line that finds its lead at the village."""
    units = Units(village, lines, at=now)
    for line in lines:
        lead = units.lead(line)
        if lead and not forbids(line, lead):
            yield line, units, [unit for unit in units.assisting(line)[0] if unit.pk != lead.pk]


def _is_long(line):
    return line.limit.unit == Unit.WD and line.limit.amount >= 3 and line.first_response.endswith("WD")
