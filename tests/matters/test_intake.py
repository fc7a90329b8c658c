import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from PIL import Image

from matters import attachments, intake
from matters.choices import Status, Urgency
from matters.intake import Point
from matters.models import Entry, Matter, Reporter
from matters.refusals import Invalid
from organization import coordinates
from organization.actors import Actor


def photo_of(town, who="grid_member"):
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG")
    upload = SimpleUploadedFile("a.jpg", data.getvalue())
    return attachments.store(upload, by=town.actor(who), at=town.now).pk


def refused(town, **facts):
    with pytest.raises(Invalid) as refusal, transaction.atomic():  # the verb above opens it
        town.register(**facts)
    assert not Matter.objects.exists()
    return refusal.value.field, refusal.value.code


def test_a_report_gets_a_number_of_its_year_a_link_and_its_first_entry(town):
    matter = town.register(text="三号楼有人飞线充电\n已经三天")
    assert matter.number.startswith("2026-")
    assert len(matter.number) >= len("2026-00001")
    assert len(matter.token) >= 22
    assert (matter.status, matter.title, matter.level) == (Status.REPORTED, "三号楼有人飞线充电", "grid")
    entry = matter.entries.get()
    assert (entry.kind, entry.text, entry.public, entry.data) == (
        "reported",
        matter.text,
        True,
        {"channel": "grid"},
    )


def test_the_year_of_the_number_is_the_local_one(town):
    assert town.register(at=town.at("2027-01-01 00:30")).number.startswith("2027-")


@pytest.mark.parametrize("text", ["", "   ", "飞线", "abc", "  飞线充  "])
def test_a_report_without_photo_and_with_less_than_four_characters_is_refused(town, text):
    assert refused(town, text=text) == ("text", "empty")


def test_four_characters_are_enough(town):
    assert town.register(text="飞线充电", category=None).title == "飞线充电"


def test_a_photo_alone_is_enough(town):
    assert town.register("ZZ07", text="", attachments=[photo_of(town)]).title == "电动自行车违规充电停放"
    assert town.register(None, text="", attachments=[photo_of(town)]).title


@pytest.mark.parametrize("owner", ["second_grid_member", "desk"])
def test_another_persons_photo_is_refused(town, owner):
    assert refused(town, attachments=[photo_of(town, owner)]) == ("attachments", "unknown")


def test_a_photo_is_used_once(town):
    photo = photo_of(town)
    town.register(attachments=[photo])
    with pytest.raises(Invalid) as refusal, transaction.atomic():
        town.register(attachments=[photo])
    assert refusal.value.code == "unknown"
    assert Matter.objects.count() == 1


def test_one_unknown_photo_among_good_ones_refuses_the_report(town):
    photos = [photo_of(town), "00000000-0000-4000-8000-000000000000"]
    assert refused(town, attachments=photos) == ("attachments", "unknown")


def test_the_place_is_the_grid_of_the_point(town):
    matter = town.register(point=Point(119.015, 29.005))
    assert (matter.area, matter.area_path) == (town.grid2, town.grid2.path)


def test_on_a_shared_border_the_smaller_code_leads(town):
    assert town.register(point=Point(119.01, 29.005)).area == town.grid


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_point_of_a_chinese_map_is_made_an_official_one(town, crs):
    lon, lat = coordinates.wgs84_to_gcj02(119.015, 29.005)
    if crs == "bd09":
        lon, lat = coordinates.gcj02_to_bd09(lon, lat)
    matter = town.register(point=Point(lon, lat, crs, accuracy_m=12))
    assert matter.area == town.grid2
    assert (matter.lon, matter.lat) == pytest.approx((119.015, 29.005), abs=1e-6)
    assert matter.source_point == {"lon": lon, "lat": lat, "crs": crs}
    assert matter.accuracy_m == 12


def test_a_point_outside_every_grid_is_refused_unless_the_place_is_chosen(town):
    assert refused(town, point=Point(120.5, 30.0)) == ("location", "outside")
    assert town.register(point=Point(120.5, 30.0), area=town.village).area == town.village


def test_a_point_inside_the_chosen_place_makes_it_finer(town):
    assert town.register(point=Point(119.015, 29.005), area=town.town1).area == town.grid2


def test_elsewhere_the_choice_of_a_person_wins_over_the_point(town):
    assert town.register(point=Point(119.105, 29.105), area=town.village).area == town.village
    assert town.register(point=Point(119.015, 29.005), area=town.grid).area == town.grid


def test_without_point_and_choice_it_lies_at_the_district(town):
    new = town.new()
    matter, _ = intake.register(
        intake.NewMatter(channel=new.channel, text=new.text), by=town.actor("grid_member"), at=town.now
    )
    assert (matter.area, matter.level) == (town.district, "district")


def test_the_same_external_id_of_the_same_system_is_the_same_matter(town):
    system = Actor.of_client(town.client()[0])
    first = town.register(by=system, external_id="HL-1")
    again, created = intake.register(
        town.new(external_id="HL-1", text="另一句话也不行"), by=system, at=town.now
    )
    assert (again, created) == (first, False)
    assert Entry.objects.count() == 1
    assert town.register(by=system, external_id="HL-2") != first


def at_once(*acts):
    """What each act returns or raises when all begin together, each on its own connection."""
    together = threading.Barrier(len(acts))

    def run(act):
        try:
            together.wait()
            with transaction.atomic():
                return act()
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_twice_at_once_is_one_matter(town):
    system = Actor.of_client(town.client()[0])
    new = town.new(external_id="HL-1")
    answers = at_once(*[lambda: intake.register(new, by=system, at=town.now)] * 4)
    assert sorted(created for _, created in answers) == [False, False, False, True]
    assert Matter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_photo_sent_with_two_reports_at_once_is_bound_once(town):
    new = town.new(attachments=[photo_of(town)])
    by = town.actor("grid_member")
    answers = at_once(*[lambda: intake.register(new, by=by, at=town.now)] * 4)
    assert sum(isinstance(answer, Invalid) for answer in answers) == 3
    assert Matter.objects.count() == 1


def test_another_system_may_use_the_same_external_id(town):
    first = town.register(by=Actor.of_client(town.client(name="甲")[0]), external_id="HL-1")
    second = town.register(by=Actor.of_client(town.client(name="乙")[0]), external_id="HL-1")
    assert first != second


def test_without_an_external_id_every_report_is_its_own(town):
    system = Actor.of_client(town.client()[0])
    assert town.register(by=system, external_id="") != town.register(by=system, external_id="")


@pytest.mark.parametrize(
    ("category", "chosen", "urgency"),
    [
        ("ZZ07", Urgency.NORMAL, Urgency.NORMAL),
        ("ZZ07", Urgency.URGENT, Urgency.URGENT),
        ("ZZ13", Urgency.NORMAL, Urgency.EMERGENCY),
        (None, Urgency.EMERGENCY, Urgency.EMERGENCY),
    ],
)
def test_an_emergency_category_makes_an_emergency(town, category, chosen, urgency):
    assert town.register(category, urgency=chosen).urgency == urgency


def test_a_sensitive_category_makes_a_sensitive_matter(town):
    assert town.register("ZZ18").sensitive
    assert not town.register("ZZ07").sensitive


def test_who_reported_is_kept_apart_and_only_if_told(town):
    matter = town.register(reporter_name="王建军", reporter_phone="14100001034")
    assert (matter.reporter.name, matter.reporter.phone) == ("王建军", "14100001034")
    assert "14100001034" not in str(Matter.objects.filter(pk=matter.pk).values().get())
    town.register()
    assert Reporter.objects.count() == 1


def test_a_long_text_gives_a_short_title(town):
    matter = town.register(text="长" * 500)
    assert len(matter.title) == 40
    assert matter.title.endswith("…")
