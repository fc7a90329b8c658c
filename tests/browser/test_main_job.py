"""The main job in a browser: reported in a few taps, on the right desk, timed, handed up, answered, rated, closed."""

import re
from io import BytesIO

import pytest
from PIL import Image

from demo import walk
from dispatch.models import Node, Responsibility
from matters import timeline
from matters.models import Matter
from organization.calendar import Limit
from organization.models import Post
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def photo():
    picture = BytesIO()
    Image.new("RGB", (1200, 900), (90, 120, 90)).save(picture, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def working_days_on(days):
    walk.walk(by=Limit(days, "WD"))


def staff(unit, role="handler"):
    return Post.objects.filter(department=unit, role=role).select_related("person").first().person.username


def report_with_a_photo_and_a_chip(page):
    """(number, taps): the camera's own taps are not counted, nothing is typed. The chip is one that a village leads."""
    taps = 0
    page.goto("/matters/new/")
    page.set_input_files("[data-gf-photo]", photo())
    page.wait_for_selector("[data-gf-thumbs] li")
    led_by_villages = set(
        Responsibility.objects.filter(lead_level="village").values_list("category__name", flat=True)
    )
    shown = page.locator(".gf-chip label").all_inner_texts()
    category = next(name for name in shown if name in led_by_villages)
    page.get_by_label(category, exact=True).check(force=True)
    taps += 1
    page.get_by_role("button", name="提交").click()
    taps += 1
    page.wait_for_url(re.compile(r"/matters/\d{4}-\d+/receipt/"))
    return re.search(r"\d{4}-\d{5,}", page.url)[0], taps


def test_a_grid_member_files_in_four_taps_and_the_matter_runs_its_whole_life(visit):
    grid = visit("grid01", size=PHONE)
    number, taps = report_with_a_photo_and_a_chip(grid)
    assert taps <= 4
    assert number in grid.inner_text("main")
    matter = Matter.objects.get(number=number)
    assert (matter.text, matter.attachments.count()) == ("", 1)

    village = visit("village01")
    assert number in village.inner_text("main"), "it stands in the unit's inbox"
    village.goto(f"/matters/{number}/")
    line = matter.routings.get().line
    assert line.code in village.inner_text("main"), "with the line that sent it here"

    working_days_on(14)
    for node in Node.objects.filter(matter=matter, part="lead", status="escalated"):
        rung = list(node.rungs.values_list("action", flat=True))
        assert [rung.count(action) for action in ("remind", "warn", "escalate")] == [1, 1, 1]
    matter.refresh_from_db()
    assert (matter.level, matter.escalated_level) == ("district", "district")
    village.reload()
    told = village.text_content("main") or ""  # runs of the platform's reminders are folded
    for words in ("提醒", "预警", "升级"):
        assert words in told
    assert (
        Node.objects.running().filter(matter=matter, department__kind="self_governing", climbs=False).exists()
    )

    board = visit("district01")
    board.goto("/board/")
    board.locator("a[href*='escalated=district']").first.click()
    assert number in board.inner_text("main")

    for part in Node.objects.running().filter(matter=matter, part="assisting", required=True):
        helper = visit(staff(part.department))
        _hand_in(helper, part, "已配合处理完毕")
    centre = visit("districtdesk")
    _hand_in(centre, matter.nodes.running().get(part="lead"), "已联合拆除飞线并增设充电桩")
    matter.refresh_from_db()
    assert matter.status == "verifying"

    verifier = matter.nodes.running().get().assignee
    looking = visit(verifier.username, size=PHONE)
    looking.goto(f"/matters/{number}/verify/")
    looking.locator("button[value=yes]").click()
    looking.wait_for_load_state()

    resident = visit(None, size=PHONE)
    resident.goto(f"/q/{matter.token}/")
    assert "钱国庆" not in resident.inner_text("body")
    resident.locator("[name=solved][value=yes]").check(force=True)
    resident.locator("[name=grade][value='5']").check(force=True)
    resident.locator("form.pt-rating button").click()
    resident.wait_for_load_state()
    matter.refresh_from_db()
    assert (matter.status, matter.ending) == ("closed", "rated")
    assert timeline.breaks(matter) == []
    for page in (grid, village, board, centre, looking, resident):
        assert page.console_errors == []


def _hand_in(page, node, sentence):
    page.goto(f"/nodes/{node.pk}/hand_in/")
    page.fill("[name=text]", sentence)
    page.get_by_role("button", name="报结").click()
    page.wait_for_load_state()
    node.refresh_from_db()
    assert node.status == "handed_in"


def test_without_a_chip_it_lies_in_the_towns_tray_and_one_key_sends_it(visit):
    grid = visit("grid01", size=PHONE)
    grid.goto("/matters/new/")
    grid.fill("[name=text]", "三号楼楼道里有电动车飞线充电")
    grid.get_by_role("button", name="提交").click()
    grid.wait_for_url(re.compile("receipt"))
    matter = Matter.objects.get()
    assert matter.status == "reported"

    desk = visit("desk01")
    desk.goto("/tray/")
    row = desk.locator(f"#matter-{matter.number}")
    assert 1 <= row.locator("button[name=category]").count() <= 3
    desk.keyboard.press("1")
    desk.wait_for_load_state("networkidle")
    matter.refresh_from_db()
    assert (matter.status, matter.responsible.level) == ("dispatched", "village")


def test_a_photo_without_words_lies_in_the_tray_without_proposals(visit):
    grid = visit("grid01", size=PHONE)
    grid.goto("/matters/new/")
    grid.set_input_files("[data-gf-photo]", photo())
    grid.wait_for_selector("[data-gf-thumbs] li")
    grid.get_by_role("button", name="提交").click()
    grid.wait_for_url(re.compile("receipt"))
    desk = visit("desk01")
    desk.goto("/tray/")
    row = desk.locator(f"#matter-{Matter.objects.get().number}")
    assert row.count() == 1
    assert row.locator("button[name=category]").count() == 0
