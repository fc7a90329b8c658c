"""A calendar is drafted, previewed, published; clocks are counted by a job that may be killed; outages are given back.

June 2026: the 15th is a Monday; the 19th to the 21st are days off. Office hours 08:30-12:00 and 13:30-17:30.
"""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from dispatch import escalation, excuses, previews, publishing
from dispatch.clocks import ClockSpan, Outage, RecountJob
from dispatch.models import Node, Rung
from matters import timeline
from organization import day_files, drafts, workdays
from organization.actors import Actor
from organization.calendar import Day
from organization.models import CalendarDraft
from tests.dispatch.processes import in_child, wait
from tests.dispatch.walking import lead, walk
from tests.town import at

ADMIN = Actor.rule("test")
DAY_OFF = dt.date(2026, 6, 17)
WHEN = at("2026-06-15 14:00")


def publish(*days, when=WHEN, note="临时放假通知"):
    draft = drafts.put(drafts.begin(by=ADMIN, at=when), days)
    return publishing.publish(draft, note=note, by=ADMIN, at=when)


def revert(when):
    draft = drafts.begin(by=ADMIN, at=when)
    drafts.plain(draft, DAY_OFF)
    return publishing.publish(draft, note="撤销", by=ADMIN, at=when)


def finish(when):
    while publishing.work(at=when, limit=3):
        pass


def moved(matter):
    return [
        (entry.data["from"][5:10], entry.data["to"][5:10])
        for entry in matter.entries.filter(kind="deadline_moved", data__node=lead(matter).pk).order_by("seq")
    ]


@pytest.mark.django_db
class TestDraft:
    def test_a_draft_begins_with_the_calendar_in_force_and_there_is_one(self, town):
        draft = drafts.begin(by=ADMIN, at=WHEN)
        assert drafts.calendar(draft).days == workdays.current().days
        assert drafts.begin(by=ADMIN, at=WHEN) == draft
        with pytest.raises(IntegrityError, match="one_open_calendar_draft"), transaction.atomic():
            CalendarDraft.objects.create(made_by="", made_at=WHEN)

    def test_nothing_is_counted_with_a_draft_until_it_is_published(self, town):
        matter = town.report("ZZ01")
        drafts.put(drafts.begin(by=ADMIN, at=WHEN), [Day(DAY_OFF, "off", "临时放假")])
        assert workdays.current().version == 1
        assert publishing.work(at=WHEN) == 0
        assert lead(matter).due_at == at("2026-06-23 17:30")

    def test_a_draft_of_an_earlier_calendar_cannot_be_published(self, town):
        draft = drafts.begin(by=ADMIN, at=WHEN)
        workdays.add_year(2027, {"confirmed": False}, note="", at=WHEN)
        with pytest.raises(ValidationError):
            publishing.publish(draft, note="", by=ADMIN, at=WHEN)
        drafts.discard(draft)
        assert drafts.begin(by=ADMIN, at=WHEN).base == 2

    def test_a_file_of_days_is_read_in_english_and_chinese(self):
        text = "日期,类别,名称\n2027-01-01,休,元旦\n2027/01/02,off,元旦\n2027-01-04,班,调休\n\n2027-02-05,half,除夕前\n"
        for code in ("utf-8-sig", "gb18030"):
            days = day_files.read(text.encode(code))
            assert [(day.on.day, day.kind) for day in days] == [
                (1, "off"),
                (2, "off"),
                (4, "work"),
                (5, "half"),
            ]

    @pytest.mark.parametrize(
        ("text", "line"),
        [("2027-01-01,休,元旦\n2027-13-01,休,x", "2"), ("2027-01-01,holiday,x", "1"), ("2027-01-01", "1"),
         ("2027-01-01,休,a\n2027-01-01,休,a", "2")],
    )  # fmt: skip
    def test_a_file_that_cannot_be_read_names_its_line(self, text, line):
        with pytest.raises(ValidationError, match=line):
            day_files.read(text.encode())
        with pytest.raises(ValidationError):
            day_files.read(b"")

    def test_a_stretch_of_days_ends_after_it_begins(self):
        assert len(drafts.stretch(dt.date(2027, 2, 5), dt.date(2027, 2, 13), "off", "春节")) == 9
        with pytest.raises(ValidationError):
            drafts.stretch(dt.date(2027, 2, 5), dt.date(2027, 2, 4), "off", "春节")

    def test_health_names_the_year_without_a_notice_within_sixty_days(self, town):
        assert workdays.unconfirmed(at("2026-06-15 09:00")) == ()
        assert workdays.unconfirmed(at("2026-11-15 09:00")) == (2027,)
        draft = drafts.begin(by=ADMIN, at=WHEN)
        drafts.confirm(draft, 2027, confirmed=True)
        publishing.publish(draft, note="国办通知", by=ADMIN, at=WHEN)
        assert workdays.unconfirmed(at("2026-11-15 09:00")) == ()


@pytest.mark.django_db
class TestPreview:
    def test_the_preview_says_what_publishing_then_does(self, town):
        matters = [town.report("ZZ01"), town.report("ZZ07"), town.report("ZF11")]
        draft = drafts.put(drafts.begin(by=ADMIN, at=WHEN), [Day(DAY_OFF, "off", "临时放假")])
        found = previews.of_calendar(drafts.calendar(draft), at=WHEN)
        assert found.exact
        assert found.examples[0].node.matter.number == matters[0].number
        publishing.publish(draft, note="", by=ADMIN, at=WHEN)
        finish(WHEN)
        entries = [
            len(matter.entries.filter(kind="deadline_moved", data__has_key="node")) for matter in matters
        ]
        assert found.moved == sum(entries) > 0
        assert sum(found.levels.values()) == found.moved

    def test_a_sample_says_that_it_is_one(self, town):
        for _ in range(6):
            town.report("ZZ01")
        draft = drafts.put(drafts.begin(by=ADMIN, at=WHEN), [Day(DAY_OFF, "off", "临时放假")])
        found = previews.of_calendar(drafts.calendar(draft), at=WHEN, most=4)
        assert not found.exact and 0 < found.looked_at < found.within
        assert found.of_all(found.looked_at) == found.within

    def test_days_after_every_deadline_move_nothing_and_nothing_is_looked_at(self, town):
        town.report("ZZ01")
        draft = drafts.put(drafts.begin(by=ADMIN, at=WHEN), [Day(dt.date(2026, 12, 16), "off", "x")])
        found = previews.of_calendar(drafts.calendar(draft), at=WHEN)
        assert (found.within, found.moved) == (0, 0) and found.running > 0


@pytest.mark.django_db
class TestJob:
    def test_publishing_counts_every_running_clock_a_few_matters_at_a_time(self, town):
        matters = [town.report("ZZ01") for _ in range(5)]
        job = publish(Day(DAY_OFF, "off", "临时放假"))
        assert job.total == 5
        assert publishing.work(at=WHEN, limit=2) == 2
        job.refresh_from_db()
        assert (job.seen, job.state) == (2, "running")
        finish(WHEN)
        job.refresh_from_db()
        assert (job.seen, job.state, job.failed) == (5, "done", 0)
        assert [lead(matter).due_at for matter in matters] == [at("2026-06-24 17:30")] * 5
        assert not Node.objects.running().filter(calendar_version__lt=2).exists()

    def test_a_matter_that_cannot_be_counted_does_not_stop_the_rest(self, town, monkeypatch):
        bad, good = town.report("ZZ01"), town.report("ZZ01")
        job = publish(Day(DAY_OFF, "off", "临时放假"))
        real = publishing.recount.by_calendar

        def failing(matter, timing):
            if matter.pk == bad.pk:
                raise RuntimeError
            return real(matter, timing)

        monkeypatch.setattr(publishing.recount, "by_calendar", failing)
        finish(WHEN)
        job.refresh_from_db()
        assert (job.failed, job.state) == (1, "done")
        assert lead(good).due_at == at("2026-06-24 17:30")
        monkeypatch.undo()
        walk(at("2026-06-23 18:00"))
        assert lead(bad).due_at == at("2026-06-24 17:30"), "counted before it could ring"

    def test_the_loop_that_sweeps_goes_on_with_the_job(self, town, monkeypatch):
        town.report("ZZ01")
        job = publish(Day(DAY_OFF, "off", "临时放假"))
        monkeypatch.setattr("organization.clock.now", lambda: WHEN)
        call_command("sweep")
        job.refresh_from_db()
        assert job.seen == 1

    def test_the_yearly_notice_is_published_by_the_same_verb(self, town):
        town.report("ZZ01")
        call_command("load_calendar", "2026")
        job = RecountJob.objects.get()
        assert (job.version, job.started_by, job.total) == (2, "load_calendar", 1)

    def test_publish_revert_and_publish_again_while_sweeping_rings_nothing_early(self, town):
        matter = town.report("ZZ01")
        publish(Day(DAY_OFF, "off", "临时放假"))
        finish(WHEN)
        walk(at("2026-06-16 12:00"))
        revert(at("2026-06-16 12:00"))
        walk(at("2026-06-16 15:00"))
        publish(Day(DAY_OFF, "off", "临时放假"), when=at("2026-06-16 15:00"))
        walk(at("2026-07-10 18:00"))
        finish(at("2026-07-10 18:00"))
        first = matter.nodes.filter(part="lead").order_by("pk").first()
        rang = dict(first.rungs.values_list("action", "fired_at"))
        assert rang["warn"] == at("2026-06-24 17:30")
        assert rang["escalate"] == at("2026-06-25 17:30")
        matter.refresh_from_db()
        assert not timeline.breaks(matter)

    def test_a_job_has_one_cause(self, town):
        with pytest.raises(IntegrityError, match="recount_has_one_cause"), transaction.atomic():
            RecountJob.objects.create(started_at=WHEN)


@pytest.mark.django_db(transaction=True)
def test_killed_twice_the_job_goes_on_and_each_move_is_one_entry(town):
    """C12: publish, revert, publish again while sweeping; the job is killed in the middle of a matter, twice."""
    matters = [town.report("ZZ01") for _ in range(6)]
    publish(Day(DAY_OFF, "off", "临时放假"))
    revert(at("2026-06-15 15:00"))
    job = publish(Day(DAY_OFF, "off", "临时放假"), when=at("2026-06-15 16:00"))

    def killed(number, sql, when):
        return when == "after" and sql.startswith('INSERT INTO "matters_entry"') and number > 40

    when = at("2026-06-15 16:30")
    for _ in range(2):
        [code] = wait(in_child(lambda: publishing.work(at=when), crash=killed))
        assert code == 9
    codes = wait(*[in_child(lambda: escalation.sweep(at=when)), in_child(lambda: finish(when))])
    assert codes == [0, 0]
    finish(when)
    job.refresh_from_db()
    assert (job.state, job.failed) == ("done", 0)
    for matter in matters:
        assert moved(matter) == [("06-23", "06-24")]
        matter.refresh_from_db()
        assert not timeline.breaks(matter)
    assert not Node.objects.running().filter(calendar_version__lt=4).exists()
    stale = Rung.objects.filter(fired_at=when, node__calendar_version__lt=4)
    assert not stale.exists()


@pytest.mark.django_db
class TestOutage:
    def declare(self, began, ended, when):
        job = publishing.declare(
            began_at=at(began), ended_at=at(ended), why="机房断电", by=ADMIN, at=at(when)
        )
        finish(at(when))
        return job

    def test_the_working_time_lost_is_given_back(self, town):
        matter, promise = town.report("ZZ01"), None
        promise = matter.promise_at
        self.declare("2026-06-16 08:30", "2026-06-16 12:00", "2026-06-16 14:00")
        node = lead(matter)
        assert node.due_at == at("2026-06-24 12:00"), "half a working day"
        entry = matter.entries.get(kind="deadline_moved", data__node=node.pk)
        assert "平台于06-16 08:30至06-16 12:00停机" in entry.why and entry.data["outage"]
        matter.refresh_from_db()
        assert matter.promise_at > promise

    def test_a_night_without_the_platform_loses_no_working_time(self, town):
        matter = town.report("ZZ01")
        job = self.declare("2026-06-16 18:00", "2026-06-17 08:00", "2026-06-17 09:00")
        assert lead(matter).due_at == at("2026-06-23 17:30")
        job.refresh_from_db()
        assert job.moved == 0

    def test_what_opened_later_or_ended_before_is_not_moved(self, town):
        later = town.report("ZZ01", at=at("2026-06-16 13:00"))
        self.declare("2026-06-16 08:30", "2026-06-16 12:00", "2026-06-16 14:00")
        assert not later.entries.filter(kind="deadline_moved").exists()

    def test_an_outage_is_given_back_once(self, town):
        matter = town.report("ZZ01")
        self.declare("2026-06-16 08:30", "2026-06-16 12:00", "2026-06-16 14:00")
        outage = Outage.objects.get()
        from dispatch import limits
        from matters import lifecycle

        assert excuses.excuse(lifecycle.lock(matter.pk), outage, limits.timing(at("2026-06-16 15:00"))) == []
        assert ClockSpan.objects.filter(node=lead(matter), kind="outage").count() == 1

    def test_outages_are_past_and_apart(self, town):
        self.declare("2026-06-16 08:30", "2026-06-16 12:00", "2026-06-16 14:00")
        with pytest.raises(ValidationError):
            self.declare("2026-06-16 11:00", "2026-06-16 13:00", "2026-06-16 14:00")
        with pytest.raises(ValidationError):
            self.declare("2026-06-16 13:00", "2026-06-16 15:00", "2026-06-16 14:00")
        with pytest.raises(IntegrityError, match="outages_are_apart"), transaction.atomic():
            row = Outage.objects.get()
            row.pk = None
            row.save()
        with pytest.raises(IntegrityError, match="outage_ends_after_it_begins"), transaction.atomic():
            Outage.objects.create(
                began_at=at("2026-01-02 00:00"), ended_at=at("2026-01-01 00:00"), declared_at=WHEN
            )

    def test_the_preview_says_what_declaring_then_does(self, town):
        for _ in range(3):
            town.report("ZZ01")
        outage = Outage(began_at=at("2026-06-16 08:30"), ended_at=at("2026-06-16 12:00"), why="机房断电")
        found = previews.of_outage(outage, at=at("2026-06-16 14:00"))
        job = self.declare("2026-06-16 08:30", "2026-06-16 12:00", "2026-06-16 14:00")
        job.refresh_from_db()
        assert found.moved == job.moved - 3, "the job counts the three promises too"
