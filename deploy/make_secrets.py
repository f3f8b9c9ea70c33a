"""Fills the examples of secrets with fresh random ones; what is there already stays.

    python3 deploy/make_secrets.py compose        deploy/.env from deploy/.env.example
    python3 deploy/make_secrets.py k8s OVERLAY    OVERLAY/secrets/ from k8s/secrets.example/

In an example `<password>` is a new word wherever it stands, and `<key:NAME>` a key of 32 bytes
that is the same in all files. Everything else is a value to look at. Nothing but Python is needed.
"""

import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
_LINE = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)=(.*)$")
_KEY = re.compile(r"<key:([A-Z_]+)>")
_HEX = r"([0-9a-f]{64})"


def fill(examples: Mapping[Path, Path]) -> list[Path]:
    """Write each target from its example; returns those that have changed."""
    before = {target: _values(target) for target in examples.values()}
    keys = _known_keys(examples, before)
    changed = []
    for example, target in examples.items():
        text = "".join(
            _filled(line, before[target], keys)
            for line in example.read_text(encoding="utf-8").splitlines(keepends=True)
        )
        text += _further(example, target)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            _write_private(target, text)
            changed.append(target)
    return changed


def _values(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {found[1]: found[2] for line in lines if (found := _LINE.match(line))}


def _known_keys(
    examples: Mapping[Path, Path], before: Mapping[Path, Mapping[str, str]]
) -> dict[str, str]:
    """Keys that stand in some target: a file that is new gets the same ones."""
    known: dict[str, str] = {}
    for example, target in examples.items():
        for name, value in _values(example).items():
            shape = _KEY.split(value)
            if len(shape) == 3 and name in before[target]:
                pattern = re.escape(shape[0]) + _HEX + re.escape(shape[2])
                if found := re.fullmatch(pattern, before[target][name]):
                    known.setdefault(shape[1], found[1])
    return known


def _filled(line: str, before: Mapping[str, str], keys: dict[str, str]) -> str:
    found = _LINE.match(line.rstrip("\n"))
    if found is None:
        return line
    name, value = found[1], found[2]
    if name in before:
        return f"{name}={before[name]}\n"
    value = _KEY.sub(lambda key: keys.setdefault(key[1], secrets.token_hex(32)), value)
    return f"{name}={value.replace('<password>', secrets.token_hex(16))}\n"


def _further(example: Path, target: Path) -> str:
    """Lines that an administrator has added."""
    own = {name: value for name, value in _values(target).items() if name not in _values(example)}
    return "".join(f"{name}={value}\n" for name, value in own.items())


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)


def main(arguments: list[str]) -> None:
    """The command."""
    if arguments == ["compose"]:
        examples = {HERE / ".env.example": HERE / ".env"}
    elif len(arguments) == 2 and arguments[0] == "k8s":
        folder = HERE / "k8s" / "secrets.example"
        examples = {
            one: Path(arguments[1]) / "secrets" / one.name for one in sorted(folder.glob("*.env"))
        }
    else:
        sys.exit("usage: make_secrets.py compose | k8s OVERLAY")
    for target in fill(examples):
        print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
