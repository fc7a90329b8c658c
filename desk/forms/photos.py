"""Photos of a form: stored as soon as they arrive, so that an error elsewhere never costs the picture."""

from uuid import UUID

from django.utils.translation import gettext as _

from matters import attachments
from matters.models import Attachment
from matters.refusals import Invalid

MOST = 3
UPLOAD, KEPT = "photos", "kept"


def box(form):
    """Context of `components/_photo.html`."""
    return {
        "name": UPLOAD,
        "label": _("Photos (not required)"),
        "hint": _("Up to %(n)s, made smaller by themselves. No track is kept.") % {"n": MOST},
        "max": MOST,
        "field": form[UPLOAD],
    }


def taken(request, *, by, at):
    """(photos, errors): those kept from an earlier try and those sent now, unbound and the person's own."""
    ids = [each for each in request.POST.getlist(KEPT) if _is_id(each)]
    photos = (
        list(Attachment.objects.unbound().owned_by(by).filter(pk__in=ids).order_by("created_at"))
        if ids
        else []
    )
    errors = []
    for upload in request.FILES.getlist(UPLOAD):
        if len(photos) == MOST:
            errors.append(_("Up to %(n)s photos; the first ones were kept.") % {"n": MOST})
            break
        try:
            photos.append(attachments.store(upload, by=by, at=at))
        except Invalid as refusal:
            errors += refusal.messages
    return photos, errors


def _is_id(text):
    try:
        return bool(UUID(text))
    except ValueError:
        return False
