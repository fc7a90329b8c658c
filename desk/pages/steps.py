"""Verbs as buttons: the words, the address, and whether one click is enough."""

from django.urls import reverse
from django.utils.translation import pgettext_lazy

WORDS = {
    "look": pgettext_lazy("button", "Emergency, or wait?"),
    "accept": pgettext_lazy("button", "Accept"),
    "dispatch": pgettext_lazy("button", "Dispatch"),
    "correct": pgettext_lazy("button", "Correct"),
    "decline": pgettext_lazy("button", "Decline"),
    "verify": pgettext_lazy("button", "Verify"),
    "rate": pgettext_lazy("button", "Record the rating"),
    "reopen": pgettext_lazy("button", "Reopen"),
    "comment": pgettext_lazy("button", "Add a note"),
    "acknowledge": pgettext_lazy("button", "Answer"),
    "sign": pgettext_lazy("button", "Sign"),
    "assign": pgettext_lazy("button", "Assign"),
    "contact": pgettext_lazy("button", "Contact"),
    "progress": pgettext_lazy("button", "Progress"),
    "hand_in": pgettext_lazy("button", "Hand in"),
    "send_back": pgettext_lazy("button", "Send back"),
}
ONE_CLICK = ("accept", "sign", "acknowledge")
#: What a person comes to the page for; the others stand beside it as second choices.
LEADING = ("look", "acknowledge", "sign", "hand_in", "verify", "accept", "dispatch")
KEYS = {"hand_in": "e", "sign": "s", "progress": "p", "contact": "l", "verify": "v", "accept": "a"}


def of_matter(verb, matter):
    return {
        **_step(verb),
        "href": reverse("desk:matter_verb", args=[matter.number, verb]),
        "revision": matter.revision,
    }


def of_node(verb, node):
    return {**_step(verb), "href": reverse("desk:node_verb", args=[node.pk, verb]), "revision": node.revision}


def link(label, href):
    """A step that is only a way to another page."""
    return {"label": label, "href": href, "one_click": False}


def sorted_out(matter, node, matter_verbs, node_verbs):
    """(the one primary step or None, the others) of a matter's file; the node's own verbs come first."""
    steps = [of_node(verb, node) for verb in node_verbs] + [of_matter(verb, matter) for verb in matter_verbs]
    if steps and steps[0]["verb"] in LEADING:
        return steps[0], steps[1:]
    return None, steps


def _step(verb):
    return {"verb": verb, "label": WORDS[verb], "one_click": verb in ONE_CLICK, "key": KEYS.get(verb, "")}
