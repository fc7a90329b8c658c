"""Photos: taken in, made harmless, and shown to whoever may see their matter.

A photo is never kept as it was sent. It is decoded and written again as JPEG, so that what lies on our disk holds
pixels only: no EXIF, GPS, XMP, comments or colour profile, and nothing a browser could take for a page. Where it
was taken is read once, before, as a proposal for the place of the report.
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from matters.models import Attachment, Entry, Matter
from matters.refusals import Invalid
from organization.actors import Actor

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2560
QUALITY = 85
Point = tuple[float | None, float | None]  # lon, lat
ENDINGS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def store(upload: "UploadedFile[bytes]", *, by: Actor, at: datetime) -> Attachment:
    """An unbound photo of the actor. Raises Invalid: too_large, not_a_photo."""
    if (upload.size or 0) > MOST_BYTES:
        raise Invalid(
            _("This photo is larger than %(most)d MB. Choose a smaller one, or send it at a lower resolution.")
            % {"most": MOST_BYTES // MEGABYTE},
            field="file", code="too_large",
        )  # fmt: skip
    image, (lon, lat) = _read(upload.read(MOST_BYTES + 1), PurePath(upload.name or "").suffix)
    written = BytesIO()
    image.save(written, "JPEG", quality=QUALITY, optimize=True)
    data = written.getvalue()
    attachment = Attachment(
        owner_kind=by.kind, owner_id=by.id, media_type="image/jpeg", sha256=sha256(data).hexdigest(), size=len(data),
        width=image.width, height=image.height, taken_lon=lon, taken_lat=lat, created_at=at,
    )  # fmt: skip
    attachment.file.save(f"{secrets.token_hex(16)}.jpg", ContentFile(data), save=False)
    attachment.save(force_insert=True)
    return attachment


def bind(ids: Collection[UUID | str], matter: Matter, entry: Entry, *, by: Actor) -> None:
    """Give the actor's own unused photos to an entry; a foreign or used one is an error, not a silent loss."""
    if not ids:
        return
    mine = Attachment.objects.unbound().owned_by(by).filter(pk__in=ids)
    if mine.update(matter=matter, entry_seq=entry.seq) != len(set(ids)):
        raise Invalid(
            _("A photo is unknown or already used. Upload it again."), field="attachments", code="unknown"
        )


def visible(attachment_id: UUID | str, by: Actor) -> Attachment | None:
    """The photo if the actor may see its matter; one not yet bound only for its owner; else None."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        return None
    if found.matter_id:
        seen = Matter.objects.visible_to(by).filter(pk=found.matter_id).exists()
    else:
        # reporters without an account share one empty id, so it proves nothing
        seen = by.id is not None and (found.owner_kind, found.owner_id) == (by.kind, by.id)
    return found if seen else None


def _read(data: bytes, suffix: str) -> tuple[Image.Image, Point]:
    """(clean image, point) of the bytes sent. What they are is said by their first bytes, name and decoder alike."""
    kind = _sniffed(data)
    if kind is None or ENDINGS.get(suffix.lower().lstrip(".")) != kind:
        raise _not_a_photo()
    try:
        with Image.open(BytesIO(data), formats=[kind]) as head:  # the header only
            if head.width * head.height > MOST_PIXELS:
                raise _not_a_photo()
            head.verify()
        with Image.open(BytesIO(data), formats=[kind]) as image:
            return _clean(image), _taken_at(image.getexif())
    except Invalid:
        raise
    except Exception as error:  # a decoder given hostile bytes may raise anything
        raise _not_a_photo() from error


def _not_a_photo() -> Invalid:
    return Invalid(
        _("This file cannot be read as a photo. Send a JPEG, PNG or WebP picture of up to 50 megapixels."),
        field="file", code="not_a_photo",
    )  # fmt: skip


def _sniffed(data: bytes) -> str | None:
    """The kind of picture its first bytes claim, or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def _clean(image: Image.Image) -> Image.Image:
    """The first frame, upright, on white, no side longer than we keep, without anything that came along with it."""
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded at a fraction of its size
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return clean


def _taken_at(exif: Image.Exif) -> Point:
    """(lon, lat) in degrees where the photo was taken, or (None, None)."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None, None
    # a comparison with not-a-number is false; 0, 0 is what a phone without a fix writes
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 and (lon or lat) else (None, None)


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    found = round(degrees + minutes / 60 + seconds / 3600, 7)
    return -found if negative else found
