"""Exports the OpenAPI document, from which the console's typed client is made.

python -m gateway.openapi            print it
python -m gateway.openapi --write    write gateway/console/openapi.json
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, cast

from sqlalchemy import create_engine

from gateway.app import create_app
from gateway.openapi_document import document
from gateway.parts import Rpc
from libs.common.config import Config
from libs.common.database.unit_of_work import Database

FILE = Path(__file__).with_name("console") / "openapi.json"


def build() -> dict[str, Any]:
    """The document of this release; nothing is connected for it."""
    engine = create_engine("postgresql+psycopg2://")
    app = create_app(Config.read({}), Database(engine, "gateway"), cast(Rpc, None))
    return document(app)


def main(arguments: list[str]) -> None:
    """Print or write."""
    parser = argparse.ArgumentParser(prog="gateway.openapi", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name} of the console")
    text = json.dumps(build(), ensure_ascii=False, indent=1) + "\n"
    if parser.parse_args(arguments).write:
        FILE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
