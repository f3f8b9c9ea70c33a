"""Each image starts with its own files and its own packages alone; no engine is needed to see it.

The folder of an image is made by the script that the Dockerfile runs. What a build does beyond that
(the console's build, pip, users) is not tried here.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libs.common.config import REFUSED
from tests.deploy.image import DEPLOY, ROOT, SERVICES, Image, lay_out

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
GREEN = ("rpc", "events", "jobs")
OF_SERVICES = [one for one in SERVICES if one != "operations"]

IMPORT_ALL = """
import importlib, pathlib, sys, warnings
warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    parts = path.with_suffix("").parts
    if "__main__" not in parts:
        importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
print("imported")
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    return {name: lay_out(name, tmp_path_factory.mktemp(name)) for name in SERVICES}


def folder_of(service: str) -> Path:
    return ROOT / "gateway" if service == "gateway" else ROOT / "services" / service


def processes_of(service: str) -> Iterator[tuple[str, ...]]:
    """Green roles together, as in a small installation, and each of the others alone."""
    home = folder_of(service) if service == "gateway" else folder_of(service) / "service"
    yield tuple(f"{service}.{role}" for role in GREEN if (home / f"{role}.py").exists())
    for role in ("door", "smtp", "web"):
        if (home / f"{role}.py").exists():
            yield (f"{service}.{role}",)


@pytest.mark.parametrize("service", OF_SERVICES)
def test_an_image_imports_all_it_holds_with_the_packages_of_its_lock(
    images: dict[str, Image], service: str
):
    own = str(folder_of(service).relative_to(ROOT))
    done = images[service].python("-c", IMPORT_ALL, own)
    assert done.stdout.endswith("imported\n"), done.stderr[-2000:]


@pytest.mark.parametrize(
    "roles", [roles for one in OF_SERVICES for roles in processes_of(one)], ids="+".join
)
def test_a_process_starts_as_far_as_its_configuration(
    images: dict[str, Image], roles: tuple[str, ...]
):
    service = roles[0].partition(".")[0]
    done = images[service].python("-m", "libs.common.launcher", *roles)
    assert done.returncode == REFUSED, done.stderr[-2000:]
    assert re.search(r"^configuration: \w+.* must be set$", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("service", OF_SERVICES)
def test_an_image_holds_no_other_service_and_nothing_of_a_developers_machine(
    images: dict[str, Image], service: str
):
    app = images[service].app
    others = {path.name for path in app.glob("services/*")} | {
        path.name for path in app.glob("gateway")
    }
    assert others == {service}
    assert {path.name for path in app.iterdir()} <= {"libs", "services", "gateway"}
    for absent in ("libs/common/supervisor", "libs/common/testing", "gateway/console/src"):
        assert not (app / absent).exists()


def test_the_image_of_operations_migrates_every_database(
    images: dict[str, Image], postgres: Any, databases: Any
):
    prefix = "tidedesk_deploy_images"
    url = postgres.url_for(prefix)
    try:
        done = images["operations"].python("-m", "libs.common.migrate", DATABASE_URL=url)
        assert done.returncode == 0, done.stderr[-2000:]
        with_schema = {path.parts[-3] for path in ROOT.glob("services/*/migrations/versions")} | {
            "gateway"
        }
        assert {line.partition(":")[0] for line in done.stdout.splitlines()} == with_schema
    finally:
        databases.drop(prefix, OF_SERVICES)


def test_the_image_of_operations_knows_backups_and_the_brokers_rights(images: dict[str, Image]):
    image = images["operations"]
    for module in ("backup", "restore"):
        done = image.python("-m", f"libs.common.operations.{module}", "--help")
        assert done.returncode == 0, done.stderr[-2000:]
    done = image.python("-m", "libs.common.bus.broker_definitions")
    assert "RABBITMQ_PASSWORD must be set" in done.stderr


def test_everybody_has_a_lock_and_a_stage():
    for service in SERVICES:
        assert f"console-for-{service}" in DOCKERFILE
        lock = "common" if service == "operations" else service
        assert (ROOT / "requirements" / f"{lock}.txt").exists()


def test_the_dockerfile_names_no_registry_and_ends_as_nobody_in_particular():
    images = re.findall(r"^ARG \w+_IMAGE=(\S+)", DOCKERFILE, re.MULTILINE)
    assert images
    assert all("/" not in image for image in images)
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert re.search(r"^STOPSIGNAL SIGTERM$", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\n +CMD \[", last, re.MULTILINE)
    assert '--require-hashes -r "/requirements/$one.txt"' in DOCKERFILE


def test_the_context_is_what_the_dockerfile_copies():
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line.removeprefix("!") for line in allowed if line.startswith("!")]
    copied = {
        word.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for word in line.split()[:-1]
    }
    outside = {
        path for path in copied if not any(path == one or path.startswith(one) for one in allowed)
    }
    assert outside == set()
    assert all((ROOT / path).exists() for path in copied)


def test_the_dockerfile_is_one_and_keeps_to_the_rules_of_the_trade():
    """DL3006: a stage of ours is no image. DL3008: packages get their security updates. SC2086:
    words are meant to be split."""
    ignored = [word for rule in ("DL3006", "DL3008", "SC2086") for word in ("--ignore", rule)]
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, "--no-color", *ignored, DEPLOY / "Dockerfile"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
