"""Fixtures for all tests (see libs/common/testing), and how hypothesis looks for examples."""

import gc
import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["libs.common.testing.fixtures", "libs.common.testing.parallel"]

# No test is timed: a loaded machine is not a fault. CI tries the same examples every time, so that
# what lands is judged by what changed; everywhere else they are new ones.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Ten thousand tests live as long as the run: to look through them for garbage takes half of the
# time of collecting them.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
