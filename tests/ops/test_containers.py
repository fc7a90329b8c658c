"""The container files say what docs/operations.md says; no engine is needed to read them."""

import pytest
import yaml

from ops.places import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
APPS = ("migrate", "web", "worker", "beat", "sweeper", "relay")


def test_every_process_of_the_platform_has_its_service():
    assert set(COMPOSE["services"]) == {*APPS, "postgres", "valkey"}


@pytest.mark.parametrize("name", APPS)
def test_secrets_reach_a_process_by_file_only(name):
    service = COMPOSE["services"][name]
    for variable in ("SECRET_KEY", "DATABASE_URL", "BROKER_URL"):
        file = service["environment"][f"{variable}_FILE"]
        assert file.removeprefix("/run/secrets/") in service["secrets"]
        assert variable not in service["environment"]


def test_only_the_web_is_published_and_on_this_machine_only():
    published = {
        name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service
    }
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_the_image_gives_up_root_and_knows_whether_it_lives():
    lines = (ROOT / "Dockerfile").read_text()
    assert "\nUSER 10001:10001\n" in lines
    assert "\nHEALTHCHECK " in lines
    assert "--require-hashes -r /tmp/requirements.lock" in lines
