"""Both overlays, built once."""

import pytest

from tests.deploy.manifests import Manifests, build


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    return build("dev", tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    return build("prod", tmp_path_factory.mktemp("prod"))


@pytest.fixture(params=["dev", "prod"])
def manifests(request: pytest.FixtureRequest) -> Manifests:
    found: Manifests = request.getfixturevalue(request.param)
    return found
