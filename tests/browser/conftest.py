"""A real browser on a phone and on a desk, against the live site with the demo district."""

import os

import pytest
from django.core.management import call_command
from playwright.sync_api import sync_playwright

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's own loop runs in this thread

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PASSWORD = "govflow-demo"


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("GOVFLOW_CHROMIUM") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def district(transactional_db, settings, tmp_path):
    """The demo district without any matter."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEMO_PASSWORD = PASSWORD
    call_command("seed_demo", matters=0, logins=str(tmp_path / "logins.json"), verbosity=0)


@pytest.fixture
def visit(chromium, live_server, district):
    """`visit("grid01")` is a page where grid01 is logged in; `visit(None)` belongs to nobody."""
    contexts = []

    def open_page(username, size=DESK, locale="zh-CN"):
        context = chromium.new_context(
            viewport=size,
            locale=locale,
            base_url=live_server.url,
            extra_http_headers={"Accept-Language": locale},
        )
        contexts.append(context)
        page = context.new_page()
        page.console_errors = []
        page.on(
            "console", lambda said: page.console_errors.append(said.text) if said.type == "error" else None
        )
        if username:
            page.goto("/login/")
            page.fill("[name=login]", username)
            page.fill("[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_url("**/")
        return page

    yield open_page
    for context in contexts:
        context.close()
