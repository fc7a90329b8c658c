"""Matters: the list, the file, the verbs, the contact."""

from django.core.exceptions import ValidationError

from desk.forms import matter_verbs
from desk.forms.base import refuse
from desk.forms.filters import MatterFilter
from desk.forms.reveal import RevealForm
from desk.pages import clocks, file, keyset, listing, steps, timeline
from desk.views.base import Page
from desk.views.verbs import VerbPage
from dispatch import limits, policies, preview, routing
from matters.models import Matter
from organization.models import Person


class List(Page):
    """What the person may know of, newest first; every filter is in the address."""

    template, nav = "desk/matters/list.html", "matters"

    def get(self, request):
        form = MatterFilter(request.GET)
        rows = form.sifted(Matter.objects.visible_to(self.by), self.at)
        page = keyset.cut(rows.for_list(), by=("-reported_at", "-pk"), params=request.GET)
        return self.show(
            form=form,
            selects=listing.selects(form, form.area_choices(self.by)),
            chosen=listing.ticks(form),
            chips=listing.chips(form, request.GET),
            rows=[listing.row(matter, self.at) for matter in page.rows],
            pager={"previous": page.previous, "next": page.next},
        )


class File(Page):
    template, nav = "desk/matters/file.html", "matters"

    def get(self, request, number):
        matter = self.matter(number)
        nodes = list(matter.nodes.for_file())
        for node in nodes:
            node.matter = matter
        matter._prefetched_objects_cache = {"nodes": nodes}
        entries = list(matter.entries.for_timeline())
        photos = list(matter.attachments.order_by("created_at"))
        return self.show(**_facts(matter, nodes, entries, photos, self.by, self.at))


class Reveal(Page):
    """A contact in clear, once, for a reason that is kept."""

    template = "desk/matters/reveal.html"

    def get(self, request, number):
        matter = self.matter(number)
        return self.show(matter=matter, form=RevealForm(by=self.by, at=self.at, matter=matter))

    def post(self, request, number):
        matter = self.matter(number)
        form = RevealForm(request.POST, by=self.by, at=self.at, matter=matter)
        value, status = "", 200
        if form.is_valid():
            try:
                value = form.act()
            except ValidationError as refusal:
                status = refuse(form, refusal)
        return self.show(status=status, matter=matter, form=form, value=value)


class Verb(VerbPage):
    forms = matter_verbs.FORMS
    templates = {
        "verify": "desk/matters/verify.html",
        "dispatch": "desk/matters/dispatch.html",
    }

    def find(self, number, verb):
        self.subject = self.matter(number)

    def possible(self):
        return policies.matter_verbs(self.subject, self.subject.nodes.all(), self.by)

    def form(self, *data, photos=()):
        return self.forms[self.verb](*data, target=self.subject, by=self.by, at=self.at, photos=photos)

    def fresh_revision(self):
        return Matter.objects.values_list("revision", flat=True).get(pk=self.subject.pk)

    def beside(self, form):
        if self.verb != "verify":
            return {}
        photos = list(self.subject.attachments.order_by("created_at"))
        done = self.subject.entries.of_kind("handed_in").last()
        return {
            "before": timeline.thumbs(each for each in photos if each.entry_seq == 1),
            "later": timeline.thumbs(each for each in photos if done and each.entry_seq == done.seq),
            "answer": done,
        }


def _facts(matter, nodes, entries, photos, by, at):
    node = file.chosen_node(nodes, by)
    names = (
        dict(Person.objects.filter(pk__in=_assigned(entries)).values_list("pk", "name"))
        if _assigned(entries)
        else {}
    )
    running = [each for each in nodes if each.is_running]
    primary, others = steps.sorted_out(
        matter,
        node,
        policies.matter_verbs(matter, running, by),
        policies.node_verbs(node, by) if node else [],
    )
    parts = file.parts(nodes, at, matter)
    return {
        "matter": matter,
        "node": node,
        "due": clocks.of_node(node, at, escalated=bool(matter.escalated_level))
        if node
        else clocks.of_matter(matter, at),
        "track": file.track(matter, entries),
        "primary": primary,
        "others": others,
        "why": file.why(routing.latest(matter)),
        "photos": timeline.thumbs(each for each in photos if each.entry_seq == 1),
        "parts": [part for part in parts if part["running"]],
        "past_parts": [part for part in parts if not part["running"]],
        "entries": timeline.lines(entries, photos, names),
        "ladder": _ladder(matter, node, running, by, at) if node else [],
        "contact": file.contact(matter, running, by),
    }


def _ladder(matter, node, running, by, at):
    rungs = list(node.rungs.order_by("number"))
    named = policies.may_know_who_is_told(matter, running, by)
    timing = limits.timing(at)
    return file.ladder(preview.of_node(matter, node, running, rungs, timing, named=named))


def _assigned(entries):
    return {entry.data["assignee"] for entry in entries if entry.data.get("assignee")}
