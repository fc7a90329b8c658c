"""Signing in, and the pages of refusal."""

import re

import pytest

from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


def test_signing_in_leads_to_what_waits(client, town, moment):
    response = client.post("/login/", {"login": "desk", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get(response.url).status_code == 200


def test_signing_in_leads_back_to_the_page_one_came_for(client, town, moment):
    html = client.get("/login/?next=/tray/").content.decode()
    assert re.search(r'name="next"\s+value="/tray/"', html)
    assert client.post("/login/", {"login": "desk", "password": PASSWORD, "next": "/tray/"}).url == "/tray/"


def test_a_wrong_password_is_said_and_the_name_stays(client, town, moment):
    html = client.post("/login/", {"login": "desk", "password": "wrong"}).content.decode()
    assert "gf-errors" in html
    assert 'value="desk"' in html


def test_a_page_that_is_not_there_says_so_in_the_frame(client, town, moment):
    response = client.get("/matters/none/of/this/")
    assert response.status_code == 404
    assert "gf-top" in response.content.decode()


def test_the_page_for_a_fault_needs_nothing():
    from django.template.loader import render_to_string

    assert "<h1>" in render_to_string("500.html")
