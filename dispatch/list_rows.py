"""A line of the responsibility list as one row of a spreadsheet, and back.

Units are written as level/office (镇街/ZFDW), as one unit by its code (单位/SCJGJ), or as 外部/物业 for a party outside
the administration; several are separated by a semicolon. Words after the code are for the reader and are not read
back. English words of the levels and lists are understood as well.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from dispatch.choices import ListKind
from dispatch.models import Responsibility
from organization.calendar import Limit
from organization.choices import Level
from organization.models import Department

COLUMNS = (
    "类别编码", "类别名称", "区域编码", "区域名称", "清单类型", "主办单位", "协同单位", "上级接办", "时限", "首次响应",
    "承诺时限", "法律依据", "办理标准", "追责情形", "修改说明",
)  # fmt: skip
NEEDED = ("类别编码", "区域编码", "清单类型", "时限")
KINDS = {"基本履职": ListKind.BASIC, "配合履职": ListKind.ASSIST, "上级收回": ListKind.RECLAIMED,
         "不适用": ListKind.NOT_APPLICABLE} | {kind.value: kind for kind in ListKind}  # fmt: skip
LEVELS = {"网格": Level.GRID, "村社": Level.VILLAGE, "镇街": Level.TOWN, "区级": Level.DISTRICT} | {
    level.value: level for level in Level
}
UNIT, OUTSIDE = ("单位", "unit"), ("外部", "external")
REFERENCE = re.compile(r"\s*([^/\s]+)\s*/\s*(\S+)")


class Wrong(ValueError):
    """One cell that cannot be taken, in words."""


def cells(line: Responsibility) -> list[str]:
    """The row of a line, in the order of COLUMNS."""
    kinds = {kind: word for word, kind in KINDS.items() if word != kind.value}
    return [
        line.category.code, line.category.name, line.area.code, line.area.name, kinds[ListKind(line.list_kind)],
        _lead(line), "; ".join(_written(each) for each in line.assisting),
        "; ".join(f"{_level(level)}/{office}" for level, office in line.above.items()),
        str(line.limit), line.first_response, line.total, line.legal_basis, line.standard, line.liability, line.change,
    ]  # fmt: skip


def words(
    row: Mapping[str, str], offices: set[tuple[str, str]], units: Mapping[str, Department]
) -> dict[str, Any]:
    """What a row says, as `drafting` takes it. Raises Wrong for a cell that cannot be taken."""
    for name, value in row.items():
        if value.startswith(("=", "＝")):
            raise Wrong(_("“%(column)s” holds a formula. Paste its value.") % {"column": name})
    kind = KINDS.get(row["清单类型"])
    if kind is None:
        raise Wrong(_("“%(text)s” is none of the lists: %(names)s.") % {
            "text": row["清单类型"], "names": ", ".join(list(KINDS)[:4])
        })  # fmt: skip
    limit = _limit(row["时限"], needed=True)
    lead = _reference(row["主办单位"], offices, units) if row["主办单位"] else {}
    if "external" in lead:
        raise Wrong(_("A party outside the administration cannot lead."))
    above = [_reference(text, offices, units) for text in _parts(row["上级接办"])]
    return {
        "list_kind": kind, "limit_amount": limit.amount, "limit_unit": str(limit.unit),
        "lead_department": lead.get("unit"), "lead_level": lead.get("level", ""), "lead_office": lead.get("office", ""),
        "assisting": [_reference(text, offices, units) for text in _parts(row["协同单位"])],
        "above": {each["level"]: each["office"] for each in above if "level" in each},
        "first_response": str(_limit(row["首次响应"]) or ""), "total": str(_limit(row["承诺时限"]) or ""),
        "legal_basis": row["法律依据"], "standard": row["办理标准"], "liability": row["追责情形"],
    }  # fmt: skip


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[;；\n]", text) if part.strip()]


def _limit(text: str, *, needed: bool = False) -> Any:
    if not text and not needed:
        return None
    try:
        return Limit.parse(text)
    except ValueError as error:
        raise Wrong(
            _("“%(text)s” is not a limit. Write an amount and a unit: 5WD, 4WH, 3D, 2H or 15M.")
            % {"text": text}
        ) from error


def _reference(text: str, offices: set[tuple[str, str]], units: Mapping[str, Department]) -> dict[str, Any]:
    found = REFERENCE.match(text)
    if not found:
        raise Wrong(_("“%(text)s”: write a level and an office, such as 镇街/ZFDW.") % {"text": text})
    kind, code = found.groups()
    if kind in OUTSIDE:
        return {"external": code}
    if kind in UNIT:
        if code not in units:
            raise Wrong(_("There is no unit “%(code)s”.") % {"code": code})
        return {"unit": units[code]}
    level = LEVELS.get(kind)
    known = level and ((level, code) in offices or (level == Level.GRID and (Level.VILLAGE, code) in offices))
    if not known:
        raise Wrong(
            _("No unit of level “%(level)s” has the office “%(code)s”.") % {"level": kind, "code": code}
        )
    return {"level": str(level), "office": code}


def _lead(line: Responsibility) -> str:
    if line.lead_department:
        return f"{UNIT[0]}/{line.lead_department.code} {line.lead_department.name}"
    return f"{_level(line.lead_level)}/{line.lead_office}" if line.lead_level else ""


def _written(reference: Mapping[str, str]) -> str:
    if "external" in reference:
        return f"{OUTSIDE[0]}/{reference['external']}"
    return f"{_level(reference['level'])}/{reference.get('office', '')}"


def _level(level: str) -> str:
    return next(word for word, known in LEVELS.items() if known == level and word != known.value)
