"""Two in the morning: a grid member writes one sentence, the duty screen rings, one press answers it."""

from datetime import timedelta

import pytest

from demo import walk
from dispatch.models import Outbox
from matters.models import Matter
from organization import clock
from organization.calendar import Limit
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sentence_at_night_rings_on_the_duty_screen_until_one_press_answers(visit):
    tomorrow = clock.now() + timedelta(days=1)
    walk.walk(to=tomorrow.replace(hour=2, minute=0, second=0, microsecond=0))
    grid = visit("grid01", size=PHONE)
    grid.goto("/matters/new/")
    grid.fill("[name=text]", "自来水主管爆裂，地下室被淹")
    grid.get_by_role("button", name="提交").click()
    grid.wait_for_url("**/receipt/")
    matter = Matter.objects.get()
    assert matter.urgency == "emergency"

    walk.walk(by=Limit(1, "M"))
    screen = visit("desk01", size=PHONE)
    screen.goto("/duty/screen/")
    ringing = screen.locator(f"#matter-{matter.number}")
    assert "主管爆裂" in ringing.inner_text()
    called = Outbox.objects.filter(kind="ring", medium="voice").first()
    assert called.recipient.name in ringing.inner_text(), "who is being called is named"

    ringing.get_by_role("button", name="我来处置").first.click()
    screen.wait_for_url("**/duty/screen/")
    assert screen.locator(f"#matter-{matter.number}").count() == 0
    assert matter.entries.get(kind="acknowledged").actor_name == "杨家明"
    before = Outbox.objects.filter(kind="ring").count()
    walk.walk(by=Limit(5, "M"))
    assert Outbox.objects.filter(kind="ring").count() == before
    assert screen.console_errors == []
