"""The working calendar of the years with an official notice, as the project ships it."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path

import organization
from demo.seeding import facts
from organization import workdays
from organization.clock import ZONE

NOTICES = Path(organization.__file__).parent / "data" / "calendar_cn.json"


def plant():
    published_at = datetime.combine(facts.valid_from() - timedelta(days=30), time(9), ZONE)
    return workdays.publish(
        json.loads(NOTICES.read_text(encoding="utf-8")), note="国务院办公厅通知", at=published_at
    )
