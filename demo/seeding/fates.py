"""What may become of a matter: one short generator for each fate, and the table of how often it happens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from demo.seeding import steps
from demo.seeding.plans import SMALL


@dataclass(frozen=True)
class Fate:
    """`ago`: how long before now an open story begins (least, most), in office minutes, or `natural` ones; past
    stories have none. `after_work` adds the time the handling takes.
    `few`: of the lines those with few assisting units are drawn more often."""

    weight: int
    tell: Callable
    codes: tuple = ()
    ago: tuple | None = None
    after_work: bool = False
    natural: bool = False
    needs_time: bool = False
    few: bool = False
    unnamed: bool = False
    emergency: bool = False
    in_street: bool = False
    nowhere: bool = False
    channel: str = ""


def on_the_spot(story):
    story.report(handled=story.say("handled"))
    yield from ()


def good(story):
    story.report()
    yield from steps.to_callback(story)
    yield from steps.rated(story)


def unanswered(story):
    story.report()
    yield from steps.to_callback(story)


def settled(story):
    story.report()
    yield from steps.called(story)
    yield story.wait(story.rng.uniform(60, 300))
    story.on("contact", story.lead(), reached=True, how="phone", text=story.say("contact"))
    story.on("hand_in", story.lead(), text="已电话回访并当面解释，反映人表示理解。")


def reopened(story):
    """Rated low, taken up again, and done better in the second round."""
    story.report()
    yield from steps.called(story)
    yield story.wait(story.rng.uniform(60, 300))
    story.reopen()
    yield from again(story)


def reworked(story):
    story.report()
    yield from steps.handle(story)
    yield from steps.not_solved(story)
    yield from again(story)


def again(story):
    yield from steps.to_callback(story)
    yield from steps.rated(story)


def declined(story):
    story.report()
    yield story.wait(story.rng.uniform(20, 120))
    story.triage(decline=True)


def sent_back(story):
    story.report()
    yield from steps.reach_a_unit(story)
    yield story.wait(story.rng.uniform(15, 100))
    story.on("send_back", story.lead(), reason="not_ours", text=story.world.answers["send_back"][0])
    yield from again(story)


def sent_back_waiting(story):
    story.report()
    yield story.wait(story.rng.uniform(15, 80))
    story.on("send_back", story.lead(), reason="incomplete", text=story.world.answers["send_back"][2])


def stalled(story):
    """The others did their part, the lead never moved: time hands it up, level by level."""
    story.report()
    yield from steps.finish_parts(story)


def late(story):
    """Nobody moves until the level above has it; that level does it."""
    yield from stalled(story)
    yield story.lead().escalate_at + timedelta(minutes=20)
    yield from again(story)


def waiting(story):
    story.report()
    yield from steps.answer(story)


def accepted(story):
    story.report()
    yield story.wait(story.rng.uniform(5, 40))
    story.accept()


def misplaced(story):
    """No place was known: the district's desk finds it out and puts it right."""
    story.report()
    yield story.wait(story.rng.uniform(20, 90))
    story.correct_place(story.rng.choice(story.world.places))
    yield from again(story)


def in_hand(story):
    story.report()
    yield from steps.take_up(story)
    if story.chance(0.6):
        yield story.share(0.05, 0.1)
        story.on("progress", story.lead(), text=story.say("progress"), public=True)
    if story.chance(0.2):
        story.comment()


def with_parts(story):
    story.report()
    yield from steps.take_up(story)
    yield from steps.finish_parts(story, leave=1)


def verifying(story):
    story.report()
    yield from steps.handle(story)


def asking(story):
    story.report()
    yield from steps.to_callback(story)


def call_open(story):
    story.report()
    yield from steps.called(story)


def second_round(story):
    story.report()
    yield from steps.handle(story)
    yield from steps.not_solved(story)
    yield from steps.take_up(story)


def second_round_after_rating(story):
    story.report()
    yield from steps.called(story)
    yield story.wait(story.rng.uniform(20, 60))
    story.reopen()


def idle(story):
    """Signed, the others did their part, and then nothing."""
    story.report()
    yield from steps.take_up(story)
    yield from steps.finish_parts(story)


TOWN_BASIC = ("ZZ02", "ZZ10", "ZF10", "ZF13", "ZF17", "BM13", "BM18")
ONE_DAY = ("ZZ07", "ZF13", "ZF09", "ZF12")
FIVE_DAYS = ("ZZ01", "BM07", "ZZ03")
DAY = 450  # office minutes

FATES = [
    Fate(112, on_the_spot, codes=tuple(SMALL), channel="grid"),
    Fate(70, good, few=True),
    Fate(22, unanswered, few=True),
    Fate(9, settled, few=True),
    Fate(7, reopened, few=True),
    Fate(9, reworked, few=True),
    Fate(7, declined, codes=("XX91",)),
    Fate(8, sent_back, codes=TOWN_BASIC),
    Fate(8, late, codes=ONE_DAY),
    Fate(8, good, unnamed=True, few=True),
    Fate(5, good, codes=("ZZ15", "BM19"), in_street=True),
    Fate(4, misplaced, nowhere=True, codes=("BM04", "ZF02", "BM02", "ZF03")),
    Fate(11, good, emergency=True),
    # open now
    Fate(5, waiting, ago=(5, 100), unnamed=True, natural=True),
    Fate(3, waiting, ago=(5, 90), codes=("ZZ15", "BM19"), in_street=True, natural=True),
    Fate(1, waiting, ago=(3, 8), codes=("XX90",), natural=True),
    Fate(3, waiting, ago=(5, 100), codes=("XX91",), natural=True),
    Fate(2, waiting, ago=(5, 60), codes=("BM04", "ZF02"), nowhere=True, natural=True),
    Fate(4, accepted, ago=(100, 200), unnamed=True),
    Fate(16, waiting, ago=(5, 200), natural=True, needs_time=True),
    Fate(24, in_hand, ago=(0.2 * DAY, 1.6 * DAY), needs_time=True),
    Fate(
        12,
        with_parts,
        ago=(0.6 * DAY, 1.6 * DAY),
        codes=("ZZ01", "ZZ05", "ZF01", "ZF10", "ZF17", "BM10", "BM17", "ZZ11"),
    ),
    Fate(14, verifying, ago=(0.15 * DAY, 0.6 * DAY), after_work=True, needs_time=True),
    Fate(14, asking, ago=(0.7 * DAY, 1.3 * DAY), after_work=True, needs_time=True),
    Fate(4, call_open, ago=(3.3 * DAY, 3.6 * DAY), after_work=True, needs_time=True),
    Fate(6, second_round, ago=(1 * DAY, 2 * DAY), after_work=True, needs_time=True),
    Fate(4, second_round_after_rating, ago=(4 * DAY, 5 * DAY), after_work=True, needs_time=True),
    Fate(6, idle, ago=(5.2 * DAY, 5.9 * DAY), codes=FIVE_DAYS),
    Fate(4, idle, ago=(1.2 * DAY, 1.9 * DAY), codes=ONE_DAY),
    Fate(5, stalled, ago=(7 * DAY, 10 * DAY), codes=FIVE_DAYS),
    Fate(4, stalled, ago=(2.5 * DAY, 3.4 * DAY), codes=ONE_DAY),
    Fate(4, stalled, ago=(12.5 * DAY, 14 * DAY), codes=FIVE_DAYS),
    Fate(3, stalled, ago=(6.5 * DAY, 8 * DAY), codes=ONE_DAY),
    Fate(3, sent_back_waiting, ago=(120, 200), codes=TOWN_BASIC),
    Fate(1, in_hand, ago=(15, 50), emergency=True),
]
