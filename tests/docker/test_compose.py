"""There is no engine where the tests run: what can be held without one is that the file says what the README promises."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from searchway.settings import Settings

FOLDER = Path(__file__).parents[2] / "docker"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8").splitlines()


def test_it_has_the_gateway_and_an_opensearch() -> None:
    assert SERVICES.keys() == {"gateway", "opensearch"}


def test_the_gateway_is_built_from_this_checkout() -> None:
    build = SERVICES["gateway"]["build"]
    context = FOLDER / build["context"]
    assert (context / "pyproject.toml").is_file()
    assert (context / build["dockerfile"]).samefile(FOLDER / "Dockerfile")


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_only(name: str) -> None:
    published = [port.split(":") for port in SERVICES[name]["ports"]]
    assert published
    assert all(len(parts) == 3 and parts[0] == "127.0.0.1" for parts in published)


def test_published_images_are_pinned_to_a_release() -> None:
    _, _, tag = SERVICES["opensearch"]["image"].partition(":")
    assert tag.count(".") == 2


def test_the_gateway_calls_the_service_that_it_waits_for() -> None:
    gateway = SERVICES["gateway"]
    (name,) = gateway["depends_on"]
    assert gateway["depends_on"][name]["condition"] == "service_healthy"
    assert "healthcheck" in SERVICES[name]
    assert gateway["environment"]["SEARCHWAY_UPSTREAM"] == f"http://{name}:9200"


def test_the_ports_of_the_image_are_those_published() -> None:
    exposed = next(line for line in DOCKERFILE if line.startswith("EXPOSE")).split()[1:]
    assert [port.split(":")[2] for port in SERVICES["gateway"]["ports"]] == exposed


def test_the_image_does_not_run_as_root() -> None:
    last_stage = max(number for number, line in enumerate(DOCKERFILE) if line.startswith("FROM"))
    users = [line.split()[1] for line in DOCKERFILE[last_stage:] if line.startswith("USER")]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}


def test_the_gateway_has_the_time_that_it_takes_to_stop() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    given = SERVICES["gateway"]["stop_grace_period"]
    assert given.endswith("s")
    assert int(given.removesuffix("s")) > defaults["drain"] + defaults["grace"]
