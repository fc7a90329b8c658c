import io
import struct
import zlib
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from matters import attachments
from matters.models import Attachment
from matters.refusals import Invalid
from organization.actors import Actor

CANARY = "13900000001"


def picture(kind="JPEG", size=(64, 48), mode="RGB", colour="red", **options):
    data = io.BytesIO()
    Image.new(mode, size, colour).save(data, kind, **options)
    return data.getvalue()


def upload(data, name="photo.jpg"):
    return SimpleUploadedFile(name, data)


def exif_with_gps(lon=(119, 0, 30.0), lat=(29, 0, 18.0), orientation=1):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = CANARY
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: lat, 3: "E", 4: lon})
    return exif


@pytest.fixture
def store(town):
    def _store(data, name="photo.jpg", by="grid_member"):
        return attachments.store(upload(data, name), by=town.actor(by), at=town.now)

    return _store


def stored(attachment):
    with attachment.file.open() as file:
        return file.read()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("JPEG", "a.jpg"), ("JPEG", "A.JPEG"), ("PNG", "a.png"), ("WEBP", "a.webp")],
)
def test_photos_of_each_kind_become_one_jpeg_of_ours(store, kind, name):
    attachment = store(picture(kind), name)
    data = stored(attachment)
    assert data.startswith(b"\xff\xd8\xff")
    assert (attachment.media_type, attachment.width, attachment.height) == ("image/jpeg", 64, 48)
    assert attachment.size == len(data)
    assert attachment.sha256 == sha256(data).hexdigest()


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_every_way_of_storing_colours_is_read(store, mode):
    assert store(picture("PNG", mode=mode, colour=None), "a.png").width == 64


def test_see_through_places_become_white(store):
    data = stored(store(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "a.png"))
    assert min(Image.open(io.BytesIO(data)).getpixel((5, 5))) > 250


def test_nothing_that_came_along_with_the_pixels_is_kept(store):
    canary = CANARY.encode()
    data = picture(
        exif=exif_with_gps(), comment=canary, xmp=b"<x>" + canary + b"</x>", icc_profile=b"x" * 200
    )
    kept = stored(store(data))
    assert canary in data
    assert canary not in kept
    clean = Image.open(io.BytesIO(kept))
    assert not clean.getexif()
    assert not {"icc_profile", "xmp", "comment", "exif"} & set(clean.info)


def test_words_inside_a_png_are_not_kept(store):
    words = PngInfo()
    words.add_text("Comment", CANARY)
    assert CANARY.encode() not in stored(store(picture("PNG", pnginfo=words), "a.png"))


def test_the_place_a_photo_was_taken_is_read_once(store):
    attachment = store(picture(exif=exif_with_gps()))
    assert (attachment.taken_lon, attachment.taken_lat) == pytest.approx((119.0083333, 29.005))


@pytest.mark.parametrize("lon", [(0, 0, 0.0), (900, 0, 0.0), (IFDRational(0, 0), 0, 0.0)])
def test_a_place_no_phone_can_be_at_is_not_read(store, lon):
    lat = (0, 0, 0.0) if lon[0] == 0 else (29, 0, 0.0)
    attachment = store(picture(exif=exif_with_gps(lon, lat)))
    assert attachment.taken_lon is None
    assert attachment.taken_lat is None


def test_a_photo_stands_upright(store):
    attachment = store(picture(size=(64, 48), exif=exif_with_gps(orientation=6)))
    assert (attachment.width, attachment.height) == (48, 64)


def test_a_large_photo_is_kept_at_2560_pixels(store):
    attachment = store(picture(size=(4000, 3000)))
    assert (attachment.width, attachment.height) == (2560, 1920)


def test_the_name_on_disk_says_nothing_of_the_name_sent(store, settings):
    attachment = store(picture(), "张三身份证.jpg")
    assert "张三" not in attachment.file.name
    assert str(attachment.pk) not in attachment.file.name
    assert attachment.file.path.startswith(str(settings.MEDIA_ROOT))


def refused(store, data, name="photo.jpg"):
    with pytest.raises(Invalid) as refusal:
        store(data, name)
    assert not Attachment.objects.exists()
    return refusal.value


def png(width, height):
    """A PNG of which only the header is true."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.jpg"),
        (b"<html><script>alert(1)</script>", "a.jpg"),
        (b"%PDF-1.7", "a.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, "a.jpg"),
        (picture()[:300], "a.jpg"),
        (picture("PNG")[:-20], "a.png"),
        (picture("GIF"), "a.gif"),
        (picture(), "a.png"),
        (picture("PNG"), "a.jpg"),
        (picture(), "a.jpg.php"),
        (picture(), "a"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 200, "a.heic"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_not_a_photo_is_refused(store, data, name):
    assert refused(store, data, name).code == "not_a_photo"


@pytest.mark.parametrize("size", [(7072, 7071), (100_000, 100_000), (1, 1_000_000_000)])
def test_a_decompression_bomb_is_refused_by_its_header(store, size):
    assert refused(store, png(*size), "a.png").code == "not_a_photo"


def test_twenty_megabytes_are_refused_and_told_what_to_do(store):
    refusal = refused(store, picture() + b"\0" * 20 * 1024 * 1024)
    assert refusal.code == "too_large"
    assert refusal.field == "file"
    assert "10" in refusal.messages[0]


def test_a_page_hidden_behind_a_photo_is_gone(store):
    page = b"<html><script>alert(1)</script></html>"
    assert page not in stored(store(picture() + page))
    assert page not in stored(store(picture(comment=page)))


def test_an_unbound_photo_is_seen_by_its_owner_only(town, store):
    attachment = store(picture())
    assert attachments.visible(attachment.pk, town.actor("grid_member")) == attachment
    for other in ("village_head", "desk", "auditor", "administrator"):
        assert attachments.visible(attachment.pk, town.actor(other)) is None


def test_an_unbound_photo_without_an_account_is_seen_by_nobody(town):
    attachment = attachments.store(upload(picture()), by=Actor.reporter("王女士"), at=town.now)
    assert attachments.visible(attachment.pk, Actor.reporter("王女士")) is None


def test_a_bound_photo_is_seen_by_whoever_sees_its_matter(town, store):
    attachment = store(picture())
    matter = town.register(text="", attachments=(attachment.pk,))
    attachment.refresh_from_db()
    assert (attachment.matter, attachment.entry_seq) == (matter, 1)
    for who in ("grid_member", "village_head", "desk", "auditor"):
        assert attachments.visible(attachment.pk, town.actor(who)) == attachment
    for who in ("sibling_grid_member", "other_desk", "bureau_handler", "administrator"):
        assert attachments.visible(attachment.pk, town.actor(who)) is None


def test_an_unknown_photo_is_nobodys(town, db):
    assert attachments.visible("00000000-0000-4000-8000-000000000000", town.actor("auditor")) is None


def test_a_photo_is_given_to_one_entry_of_its_owner(town, store):
    matter, by = town.register(), town.actor("grid_member")
    entry, photo = matter.entries.get(), store(picture())
    with pytest.raises(Invalid):
        attachments.bind([photo.pk], matter, entry, by=town.actor("village_head"))
    attachments.bind([photo.pk], matter, entry, by=by)
    photo.refresh_from_db()
    assert (photo.matter, photo.entry_seq) == (matter, entry.seq)
    with pytest.raises(Invalid) as refusal:
        attachments.bind([photo.pk], matter, entry, by=by)
    assert (refusal.value.field, refusal.value.code) == ("attachments", "unknown")
