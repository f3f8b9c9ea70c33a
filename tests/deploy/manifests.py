"""Overlays of deploy/k8s as kustomize builds them, with secrets that are made for the occasion."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.common.supervisor.deploy_tools import kustomize
from tests.deploy.image import DEPLOY

Document = dict[str, Any]
BUILT_IN = ("v1", "apps/v1", "batch/v1", "policy/v1", "autoscaling/v2", "networking.k8s.io/v1")


@dataclass(frozen=True)
class Manifests:
    """What one overlay comes to."""

    documents: tuple[Document, ...]

    def of(self, *kinds: str) -> list[Document]:
        """In the order of the output."""
        return [one for one in self.documents if one["kind"] in kinds]

    def named(self, kind: str, name: str) -> Document:
        [found] = [one for one in self.of(kind) if name_of(one) == name]
        return found

    def pods(self) -> Iterator[tuple[str, Document]]:
        """Each workload's name and the specification of its pods."""
        for one in self.of("Deployment", "Job"):
            yield name_of(one), one["spec"]["template"]["spec"]
        for one in self.of("CronJob"):
            yield name_of(one), one["spec"]["jobTemplate"]["spec"]["template"]["spec"]

    def containers(self) -> Iterator[tuple[str, Document]]:
        """Each container, those that begin included, with its workload's name."""
        for name, pod in self.pods():
            for container in [*pod.get("initContainers", ()), *pod["containers"]]:
                yield f"{name}/{container['name']}", container


def name_of(document: Document) -> str:
    name: str = document["metadata"]["name"]
    return name


def build(overlay: str, place: Path) -> Manifests:
    """Skips the test where there is no kustomize and none could be installed."""
    command = kustomize()
    if command is None:
        pytest.skip("kubectl with kustomize 5 or newer is missing, and apt has none")
    copy = place / "k8s"
    shutil.copytree(DEPLOY / "k8s", copy, ignore=shutil.ignore_patterns("secrets"))
    target = copy / "overlays" / overlay
    make = [sys.executable, str(DEPLOY / "make_secrets.py"), "k8s", str(target)]
    subprocess.run(make, check=True, capture_output=True)
    done = subprocess.run([*command, str(target)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Manifests(tuple(one for one in yaml.safe_load_all(done.stdout) if one))
