"""One small district that every test shares: two towns, three villages, their units, and a cast named for its power.

Town 1 (望河街道) holds `village` and its neighbour `sibling_village`; town 2 (栗坪镇) holds `other_village`.
What belongs to town 2 is called `other_...`. Only town 2 has a farming office (NYB): forest fires (ZZ14) find no
unit in town 1. A test that needs one fact more makes it itself.
"""

import datetime as dt
import json
from pathlib import Path

import pytest

from dispatch.models import Responsibility, TimePolicy
from matters.models import Category, Channel
from organization import people, workdays
from organization.actors import Actor
from organization.choices import Level, Role, UnitKind
from organization.clock import ZONE
from organization.models import Area, Department, Person, Platform, Post

NOTICES = Path(workdays.__file__).parent / "data" / "calendar_cn.json"
LONG_AGO = dt.date(2020, 1, 1)
LISTED = dt.date(2026, 1, 1)
PASSWORD = "govflow-test"

# attribute, code, name, (west, south) of a grid; a grid is 0.01 degrees wide and high
AREAS = [
    ("district", "990106", "云岚区", None),
    ("town1", "990106001", "望河街道", None),
    ("town2", "990106100", "栗坪镇", None),
    ("village", "990106001001", "滨河社区", None),
    ("sibling_village", "990106001200", "桥头村", None),
    ("other_village", "990106100200", "上栗村", None),
    ("grid", "990106001001001", "滨河社区第一网格", (119.00, 29.00)),
    ("grid2", "990106001001002", "滨河社区第二网格", (119.01, 29.00)),
    ("sibling_grid", "990106001200001", "桥头村第一网格", (119.00, 29.01)),
    ("sibling_grid2", "990106001200002", "桥头村第二网格", (119.01, 29.01)),
    ("other_grid", "990106100200001", "上栗村东片网格", (119.10, 29.10)),
    ("other_grid2", "990106100200002", "上栗村西片网格", (119.11, 29.10)),
]
LEVELS = {6: Level.DISTRICT, 9: Level.TOWN, 12: Level.VILLAGE, 15: Level.GRID}

# attribute, office, name, place, platform, bureau it belongs to
UNITS = [
    ("centre", "ZLZX", "区社会治理中心", "district", "ZZ", None),
    ("market_bureau", "SCJGJ", "区市场监管局", "district", "JG", None),
    ("police_bureau", "GAFJ", "区公安分局", "district", "ZZ", None),
    ("enforcement_bureau", "ZFJ", "区综合行政执法局", "district", "ZF", None),
    ("room", "XXZH", "望河街道综合信息指挥室", "town1", None, None),
    ("enforcement", "ZFDW", "望河街道综合行政执法队", "town1", "ZF", None),
    ("rescue", "YJZ", "望河街道应急消防管理站", "town1", "ZZ", None),
    ("police", "PCS", "望河街道派出所", "town1", "ZZ", "police_bureau"),
    ("market", "SJS", "望河街道市场监管所", "town1", "JG", "market_bureau"),
    ("other_room", "XXZH", "栗坪镇综合信息指挥室", "town2", None, None),
    ("other_enforcement", "ZFDW", "栗坪镇综合行政执法队", "town2", "ZF", None),
    ("other_rescue", "YJZ", "栗坪镇应急消防管理站", "town2", "ZZ", None),
    ("other_police", "PCS", "栗坪镇派出所", "town2", "ZZ", "police_bureau"),
    ("other_market", "SJS", "栗坪镇市场监管所", "town2", "JG", "market_bureau"),
    ("other_farming", "NYB", "栗坪镇农业综合服务中心", "town2", "BM", None),
    ("committee", "CWH", "滨河社区居民委员会", "village", "BM", None),
    ("sibling_committee", "CWH", "桥头村村民委员会", "sibling_village", "BM", None),
    ("other_committee", "CWH", "上栗村村民委员会", "other_village", "BM", None),
]
KINDS = {"district": UnitKind.GOVERNMENT, "town": UnitKind.TOWN_UNIT, "village": UnitKind.VILLAGE}

# attribute = username, name, role, unit, area covered
CAST = [
    ("grid_member", "钱国庆", Role.GRID_MEMBER, None, "grid"),
    ("second_grid_member", "孙浩然", Role.GRID_MEMBER, None, "grid2"),
    ("sibling_grid_member", "李秀英", Role.GRID_MEMBER, None, "sibling_grid"),
    ("other_grid_member", "周文斌", Role.GRID_MEMBER, None, "other_grid"),
    ("village_head", "吴建平", Role.HEAD, "committee", None),
    ("village_handler", "郑晓燕", Role.HANDLER, "committee", None),
    ("sibling_village_head", "王桂兰", Role.HEAD, "sibling_committee", None),
    ("other_village_head", "冯立新", Role.HEAD, "other_committee", None),
    ("town_handler", "陈志强", Role.HANDLER, "enforcement", None),
    ("town_head", "褚卫东", Role.HEAD, "enforcement", None),
    ("rescue_handler", "卫海涛", Role.HANDLER, "rescue", None),
    ("rescue_head", "蒋春雷", Role.HEAD, "rescue", None),
    ("police_handler", "沈明辉", Role.HANDLER, "police", None),
    ("police_head", "韩少峰", Role.HEAD, "police", None),
    ("market_handler", "杨丽娟", Role.HANDLER, "market", None),
    ("market_head", "朱德全", Role.HEAD, "market", None),
    ("desk", "秦雨桐", Role.DISPATCHER, "room", "town1"),
    ("town_supervisor", "尤建华", Role.SUPERVISOR, "room", "town1"),
    ("sensitive_desk", "许慧敏", Role.HEAD, "room", None),
    ("other_desk", "何振宇", Role.DISPATCHER, "other_room", "town2"),
    ("other_town_handler", "吕晓东", Role.HANDLER, "other_enforcement", None),
    ("other_town_head", "施国强", Role.HEAD, "other_enforcement", None),
    ("bureau_handler", "张静怡", Role.HANDLER, "market_bureau", None),
    ("bureau_head", "孔令山", Role.HEAD, "market_bureau", None),
    ("police_bureau_head", "曹正阳", Role.HEAD, "police_bureau", None),
    ("district_desk", "严思齐", Role.DISPATCHER, "centre", "district"),
    ("district_supervisor", "华永年", Role.SUPERVISOR, "centre", "district"),
    ("district_head", "金承志", Role.HEAD, "centre", None),
    ("auditor", "魏知秋", Role.AUDITOR, None, "district"),
    ("administrator", "陶文静", Role.ADMINISTRATOR, None, None),
]

PLATFORMS = [("ZZ", "综治工作"), ("JG", "市场监管"), ("ZF", "综合执法"), ("BM", "便民服务")]
CHANNELS = [
    ("grid", "网格员上报"),
    ("hotline", "12345热线"),
    ("mini", "居民小程序/网页"),
    ("visit", "来访来信"),
    ("sensor", "物联感知"),
]
# code, name, keywords, other facts
CATEGORIES = [
    ("ZZ01", "邻里纠纷", "邻居 漏水 采光 堆放 吵架", {}),
    ("ZZ07", "电动自行车违规充电停放", "飞线 充电 电瓶车 进楼 电动车", {}),
    ("BM11", "独居老人困难群众帮扶", "独居 老人 没人照顾 送药", {}),
    ("ZF01", "违法建设", "违建 搭棚 加盖 阳光房 圈地", {}),
    ("ZF11", "施工噪声扰民", "工地 夜里施工 打桩 半夜", {}),
    ("JG01", "食品安全", "过期 变质 后厨 虫子 食物中毒", {}),
    ("JG06", "电梯等特种设备故障", "电梯 困人 下坠 叉车", {}),
    ("ZZ13", "积水内涝险情", "积水 内涝 淹水 倒灌", {"emergency": True}),
    ("ZZ14", "森林防火与野外用火", "烧荒 山火 野外用火 冒烟", {"emergency": True}),
    ("ZZ18", "严重精神障碍患者风险", "精神病 发病 没吃药", {"sensitive": True}),
    ("XX90", "紧急警情转接", "着火 救命 昏倒 被困", {"emergency": True, "route": "emergency_call"}),
    ("XX91", "不予受理告知", "法院判了 仲裁 部队 纪委", {"route": "decline"}),
]
# category, list kind, lead (level, office), assisting, limit, first response
LINES = [
    ("ZZ01", "basic", ("village", "CWH"), [("town", "PCS")], (5, "WD"), "1WD"),
    ("ZZ07", "basic", ("village", "CWH"), [("town", "YJZ")], (1, "WD"), "4WH"),
    ("BM11", "basic", ("grid", "CWH"), ["志愿者"], (1, "WD"), "2WH"),
    ("ZF01", "basic", ("town", "ZFDW"), [("district", "ZFJ")], (20, "WD"), "4WH"),
    ("ZF11", "basic", ("town", "ZFDW"), [], (4, "WH"), "1WH"),
    ("JG01", "assist", ("town", "SJS"), [("district", "SCJGJ")], (5, "WD"), "1WD"),
    ("JG06", "reclaimed", ("district", "SCJGJ"), ["维保单位", ("village", "CWH")], (1, "WD"), "1WH"),
    ("ZZ13", "basic", ("town", "YJZ"), [("town", "PCS")], (2, "H"), "30M"),
    ("ZZ14", "basic", ("town", "NYB"), [("town", "YJZ")], (2, "H"), "30M"),
    ("ZZ18", "assist", ("town", "PCS"), [("village", "CWH")], (1, "WD"), "1WH"),
]
STAGES = {
    "accept": {"normal": "4WH", "urgent": "15M", "emergency": "10M"},
    "dispatch": {"normal": "4WH", "urgent": "15M", "emergency": "10M"},
    "sign": {"normal": "1WD", "urgent": "15M", "emergency": "15M"},
    "return_window": {"normal": "1WD", "urgent": "15M", "emergency": "15M"},
    "verify": {"normal": "1WD"},
    "callback": {"normal": "2WD"},
    "call": {"normal": "1WD"},
}
DAILY = [
    {"action": "remind", "at": 0.8, "tells": ["holder"]},
    {"action": "warn", "at": "due", "tells": ["holder", "head"]},
    {"action": "escalate", "at": "+1WD", "at_short": "+limit", "tells": ["head", "above"]},
    {"action": "supervise", "at": "+1WD", "at_short": "+limit", "tells": ["holder", "head", "supervisor"]},
    {"action": "urge", "every": "1WD", "tells": ["holder", "head"]},
]
MINUTES = [
    {"action": "remind", "at": 0.5, "tells": ["holder"], "window": "any"},
    {"action": "warn", "at": "due", "tells": ["holder", "head"], "window": "any"},
    {"action": "escalate", "at": "+15M", "tells": ["head", "above"], "window": "any"},
    {"action": "supervise", "at": "+15M", "tells": ["holder", "head", "supervisor"], "window": "any"},
    {"action": "urge", "every": "60M", "tells": ["holder", "head"], "window": "any"},
]
LADDERS = {"normal": DAILY, "urgent": DAILY, "emergency": MINUTES}


def at(text):
    """A moment of local time, written like "2026-06-15 09:00" (a Monday)."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


NOW = at("2026-06-15 09:00")
LISTED_AT = at("2025-12-01 09:00")


class Town:
    """The district as attributes: places, units and people by name; `categories`, `lines` and `channels` by code."""

    at = staticmethod(at)
    now = NOW

    def __init__(self):
        self.platforms = _by_code(Platform, [{"code": code, "name": name} for code, name in PLATFORMS])
        self.channels = _by_code(Channel, [{"code": code, "name": name} for code, name in CHANNELS])
        self._build_areas()
        self._build_units()
        self._build_cast()
        self._build_list()
        publish_calendar()
        TimePolicy.objects.create(
            effective_from=LONG_AGO,
            stages=STAGES,
            levels={"village": "5WD", "town": "5WD"},
            ladders=LADDERS,
            auto_confidence=0.95,
        )

    def actor(self, who, at=NOW):
        """The person (by power, or a Person) as an actor with the posts of that day."""
        return people.actor(getattr(self, who) if isinstance(who, str) else who, at=at)

    def client(self, *, scopes=("report", "read"), area=None, name="12345热线平台"):
        """Another system: (client, key)."""
        return people.new_client(
            name=name, scopes=list(scopes), area=area or self.district, expires_at=self.at("2030-01-01 00:00")
        )

    def report(self, category="ZZ07", *, area=None, at=NOW, by="grid_member", **facts):
        """A matter reported and dispatched. `category=None` leaves it to the words of `text`."""
        from dispatch import reporting

        matter, _created = reporting.report(
            self.new(category, area=area, **facts), by=self._by(by, at), at=at
        )
        return matter

    def register(self, category="ZZ07", *, area=None, at=NOW, by="grid_member", **facts):
        """A matter stored with its first entry, not dispatched."""
        from matters import intake

        matter, _created = intake.register(self.new(category, area=area, **facts), by=self._by(by, at), at=at)
        return matter

    def new(
        self, category="ZZ07", *, area=None, channel="grid", text="三号楼一楼楼道里有人飞线充电", **facts
    ):
        """A report as a door hands it over; it lies in `grid` unless `area` or `point` says otherwise."""
        from matters.intake import NewMatter

        if area is None and "point" not in facts:
            area = self.grid
        category = self.categories[category] if isinstance(category, str) else category
        return NewMatter(channel=self.channels[channel], text=text, category=category, area=area, **facts)

    def _by(self, who, at):
        return who if isinstance(who, Actor) else self.actor(who, at)

    def _build_areas(self):
        made, rows = {}, []
        for attribute, code, name, corner in AREAS:
            parent = made.get(code[: {9: 6}.get(len(code), len(code) - 3)]) if len(code) > 6 else None
            path = f"{parent.path if parent else '/'}{code}/"
            made[code] = area = Area(
                code=code, name=name, level=LEVELS[len(code)], path=path, valid_from=LONG_AGO, **_box(corner)
            )
            rows.append((attribute, area, parent))
        for level in Level.DISTRICT, Level.TOWN, Level.VILLAGE, Level.GRID:
            batch = [(attribute, area, parent) for attribute, area, parent in rows if area.level == level]
            for attribute, area, parent in batch:
                area.parent = parent
                setattr(self, attribute, area)
            Area.objects.bulk_create(area for _, area, _ in batch)

    def _build_units(self):
        units = {}
        for attribute, office, name, place, platform, bureau in UNITS:
            area = getattr(self, place)
            kind = UnitKind.COMMAND if office in ("XXZH", "ZLZX") else KINDS[area.level]
            units[attribute] = Department(
                code=office if area == self.district else f"{area.code[6:]}-{office}",
                name=name, short_name=name.removeprefix(area.name).removeprefix("区"), office=office,
                level=area.level, kind=kind, area=area, platform=self.platforms.get(platform), valid_from=LONG_AGO,
                on_duty_24h=office in ("XXZH", "ZLZX", "YJZ", "PCS"),
            )  # fmt: skip
            setattr(self, attribute, units[attribute])
        bureaus = {attribute: bureau for attribute, *_, bureau in UNITS if bureau}
        Department.objects.bulk_create(unit for name, unit in units.items() if name not in bureaus)
        for name, bureau in bureaus.items():
            units[name].stationed_of = units[bureau]
        Department.objects.bulk_create(units[name] for name in bureaus)

    def _build_cast(self):
        cast = [
            Person(
                username=username, name=name, phone=f"1410000{2000 + place}", email=f"{username}@example.org",
                password=_password(), is_staff=role == Role.ADMINISTRATOR, is_superuser=role == Role.ADMINISTRATOR,
            )
            for place, (username, name, role, _, _) in enumerate(CAST)
        ]  # fmt: skip
        Person.objects.bulk_create(cast)
        self.people = {person.username: person for person in cast}
        vars(self).update(self.people)
        Post.objects.bulk_create(
            Post(
                person=self.people[username], role=role, valid_from=LONG_AGO,
                department=getattr(self, unit) if unit else None, area=getattr(self, area) if area else None,
                sensitive_desk=username == "sensitive_desk",
            )
            for username, _, role, unit, area in CAST
        )  # fmt: skip

    def _build_list(self):
        self.categories = _by_code(Category, [
            {"code": code, "name": name, "keywords": words.split(), "major": name,
             "platform": self.platforms.get(code[:2], self.platforms["ZZ"]), **facts}
            for code, name, words, facts in CATEGORIES
        ])  # fmt: skip
        self.lines = _by_code(Responsibility, [
            {"code": code, "version": 1, "category": self.categories[code], "area": self.district, "list_kind": kind,
             "lead_level": level, "lead_office": office, "assisting": [_reference(ref) for ref in assisting],
             "limit_amount": amount, "limit_unit": unit, "first_response": first, "effective_from": LISTED,
             "published_at": at("2025-12-20 10:00"), "legal_basis": "《基层治理条例》", "standard": "核实、处置、回访"}
            for code, kind, (level, office), assisting, (amount, unit), first in LINES
        ])  # fmt: skip


def build():
    """The district in the database (about twenty statements)."""
    return Town()


def publish_calendar():
    """The official notices on file as version 1, with nothing of an earlier test left in the process."""
    workdays.version.cache_clear()
    return workdays.publish(json.loads(NOTICES.read_text(encoding="utf-8")), note="国办通知", at=LISTED_AT)


_hashed = []


def _password():
    """PASSWORD hashed once for the whole cast and run."""
    if not _hashed:
        from django.contrib.auth.hashers import make_password

        _hashed.append(make_password(PASSWORD))
    return _hashed[0]


def _by_code(model, rows):
    return {row.code: row for row in model.objects.bulk_create(model(**facts) for facts in rows)}


def _box(corner):
    if corner is None:
        return {}
    west, south = corner
    east, north = round(west + 0.01, 2), round(south + 0.01, 2)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"ring": ring, "west": west, "south": south, "east": east, "north": north}


def _reference(ref):
    return {"external": ref} if isinstance(ref, str) else {"level": ref[0], "office": ref[1]}


@pytest.fixture
def town(db):
    return build()
