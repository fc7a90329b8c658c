"""Photos are handed out only to those who may see their matter."""

import pytest

from dispatch import reporting
from matters import attachments

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(town, moment, photo):
    by = town.actor("grid_member")
    stored = attachments.store(photo(), by=by, at=town.now)
    reporting.report(town.new("ZF11", attachments=(stored.pk,)), by=by, at=town.now)
    return stored


def test_who_may_see_the_matter_may_see_the_photo(sign_in, picture):
    response = sign_in("town_handler").get(f"/attachments/{picture.pk}/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Content-Disposition"].startswith("inline;")
    assert response.headers["Content-Type"] == "image/jpeg"


def test_others_are_told_there_is_no_such_photo(sign_in, picture):
    assert sign_in("other_town_handler").get(f"/attachments/{picture.pk}/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, picture):
    assert client.get(f"/attachments/{picture.pk}/").status_code == 302


def test_the_file_shows_the_photo_as_a_link(sign_in, picture):
    picture.refresh_from_db()
    html = sign_in("town_handler").get(f"/matters/{picture.matter.number}/").content.decode()
    assert f'src="/attachments/{picture.pk}/"' in html
