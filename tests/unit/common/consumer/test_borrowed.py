"""Another team may copy the folder: it needs pika, Python, and nothing of ours."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import libs.common.consumer

FOLDER = Path(libs.common.consumer.__file__).parent
CODE = """
import json, sys, borrowed, borrowed.__main__
borrowed.Consumer("amqp://nowhere", "team", "name", ["#"], print)
loaded = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print(json.dumps(sorted(loaded)))
"""


def test_a_copy_under_another_name_works_and_loads_pika_alone(tmp_path: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(FOLDER, tmp_path / "borrowed", ignore=unwanted)
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, env={}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout)) - {"__mp_main__", "sitecustomize", "usercustomize"}
    assert {name for name in loaded if not name.startswith("_")} == {"borrowed", "pika"}
