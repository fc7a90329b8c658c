"""Rows and removable filters of the list of matters."""

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.pages import clocks
from matters import masking
from matters.choices import OPEN
from organization.choices import Level

HIDDEN = ("as_of", "after", "before", "mode", "exactly")


def row(matter, at):
    return {
        "href": reverse("desk:matter", args=[matter.number]),
        "number": matter.number,
        "title": masking.text(matter.title),
        "status": matter.get_status_display(),
        "category": matter.category,
        "place": matter.area.name,
        "unit": matter.responsible.short_name if matter.responsible else "",
        "reported_at": matter.reported_at,
        "sensitive": matter.sensitive,
        "due": clocks.of_matter(matter, at),
    }


def selects(form, areas):
    """The selects of the filter with what they show; all open statuses together are one word."""
    facts, fields = form.cleaned_data, form.fields
    status = facts.get("status") or [""]
    chosen = {
        "status": "open" if set(status) == set(OPEN) else status[0],
        "category": facts["category"].code if facts.get("category") else "",
        "area": facts["area"].code if facts.get("area") else "",
        "level": facts.get("level", ""),
    }
    categories = [(each.code, each.name) for each in fields["category"].queryset.order_by("code")]
    choices = {
        "status": fields["status"].choices,
        "category": categories,
        "area": areas,
        "level": Level.choices,
    }
    return [
        {
            "name": name,
            "label": fields[name].label,
            "choices": choices[name],
            "chosen": value,
        }
        for name, value in chosen.items()
    ]


def ticks(form):
    facts = form.cleaned_data
    return {
        "overdue": facts.get("overdue", ""),
        "escalated": facts.get("escalated", "") not in ("", "0"),
    }


def chips(form, params):
    """Each filter in force in words, with the address without it."""
    found = []
    for name in form.fields:
        if name in HIDDEN or not params.get(name) or name in form.errors:
            continue
        query = params.copy()
        for old in (name, "as_of", "after", "before"):
            query.pop(old, None)
        found.append({"text": _words(form, name, params), "href": f"?{query.urlencode()}"})
    return found


def _words(form, name, params):
    value, label = form.cleaned_data.get(name), form.fields[name].label or name
    if name == "status":
        return _("Not closed") if set(value) == set(OPEN) else _(", ").join(_labels(form, name, value))
    if name in ("overdue", "escalated") and params[name] in ("0", "1"):
        return label if params[name] == "1" else _("not: %(what)s") % {"what": label}
    if name in ("level", "escalated"):
        return f"{label} {_labels(form, name, [value])[0]}"
    if name.startswith(("due", "reported")):
        return f"{label} {value:%m-%d %H:%M}"
    return f"{value}" if name in ("q", "category", "area") else f"{label} {value}"


def _labels(form, name, values):
    words = dict(form.fields[name].choices)
    return [str(words[value]) for value in values]
