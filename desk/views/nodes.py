"""The verbs of a unit on its own node, and the sentence the resident will read."""

from django.utils.translation import gettext as _

from desk.forms import node_verbs
from desk.views.base import Page
from desk.views.verbs import VerbPage
from dispatch import policies
from dispatch.choices import NodeKind
from dispatch.models import Node


class Verb(VerbPage):
    forms = node_verbs.FORMS
    templates = {"hand_in": "desk/nodes/hand_in.html"}

    def find(self, pk, verb):
        self.node_row = self.node(pk)
        self.subject = self.node_row.matter

    def possible(self):
        return policies.node_verbs(self.node_row, self.by)

    def form(self, *data, photos=()):
        return self.forms[self.verb](*data, target=self.node_row, by=self.by, at=self.at, photos=photos)

    def fresh_revision(self):
        return Node.objects.values_list("revision", flat=True).get(pk=self.node_row.pk)

    def beside(self, form):
        if self.verb != "hand_in":
            return {}
        return {"node": self.node_row, "preview": preview(self.node_row, form["text"].value() or "")}


class Preview(Page):
    """What the resident will read, as it is typed. A fragment for the hand-in page."""

    template = "desk/nodes/_preview.html"

    def post(self, request, pk):
        return self.show(preview=preview(self.node(pk), request.POST.get("text", "")))


def preview(node, text):
    """{sentence, public}: an assisting part's answer stays inside; the lead's goes to the resident as written."""
    if not (node.is_lead and node.kind in (NodeKind.HANDLE, NodeKind.CALLBACK)):
        return {"public": False, "sentence": ""}
    words = text.strip() or _("(nothing written yet)")
    return {
        "public": True,
        "sentence": _("%(unit)s: %(text)s") % {"unit": node.department.name, "text": words},
    }
