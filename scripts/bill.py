"""What the product is made of: docs/sbom.cdx.json (CycloneDX 1.6) and docs/licences.md, from requirements.lock.

`make sbom`. Versions and hashes come from the lock; licences from what is installed. The files that lie in the
repository itself (fonts, icons) are listed beside them. Nothing depends on the day it is run.
"""

import json
import re
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements.lock"
BILL = PROJECT / "docs" / "sbom.cdx.json"
LICENCES = PROJECT / "docs" / "licences.md"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What a package says of itself in prose, or not at all in its metadata; each looked up in its own licence file.
LOOKED_UP = {
    "face-recognition-models": "CC0-1.0",
    "pyrage": "MIT",
}
CLASSIFIED = "License :: OSI Approved :: "


@dataclass(frozen=True)
class Part:
    name: str
    version: str
    licence: str
    hashes: tuple[str, ...] = ()
    home: str = ""

    @property
    def address(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


OURS = (  # in the repository, each with its licence beside it
    Part(
        "Atkinson Hyperlegible Next",
        "vendored",
        "OFL-1.1",
        home="oversight/static/vendor/atkinson-hyperlegible-next",
    ),
    Part("Lucide icons", "vendored", "ISC", home="oversight/static/vendor/lucide"),
    Part("modern-normalize", "vendored", "MIT", home="oversight/static/vendor/modern-normalize"),
)


def parts() -> list[Part]:
    """Everything in the lock, in its order."""
    pins: list[tuple[str, str, list[str]]] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if found := PIN.match(line):
            pins.append((found[1], found[2], []))
        elif found := HASH.search(line):
            pins[-1][2].append(found[1])
    return [_part(name, version, tuple(hashes)) for name, version, hashes in pins]


def _part(name: str, version: str, hashes: tuple[str, ...]) -> Part:
    told: dict[str, Any] = distribution(name).metadata.json
    return Part(name, version, licence_of(name, told), hashes)


def licence_of(name: str, told: dict[str, Any]) -> str:
    """By its own expression, else its classifiers, else the first words of its licence field."""
    classified = [
        each.removeprefix(CLASSIFIED) for each in told.get("classifier", []) if each.startswith(CLASSIFIED)
    ]
    words = str(told.get("license", "")).strip().splitlines()
    return (
        LOOKED_UP.get(name)
        or str(told.get("license_expression", ""))
        or " or ".join(classified)
        or (words[0][:60] if words else "")
        or "unknown"
    )


def bill(listed: list[Part]) -> str:
    """CycloneDX 1.6 as JSON; the same for the same lock, so that a change shows what changed."""
    components = [
        {
            "type": "library",
            "bom-ref": part.address,
            "name": part.name,
            "version": part.version,
            "purl": part.address,
            "licenses": [{"license": {"name": part.licence}}],
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in part.hashes],
        }
        for part in listed
    ]
    components += [
        {
            "type": "file",
            "bom-ref": part.home,
            "name": part.name,
            "version": part.version,
            "licenses": [{"license": {"name": part.licence}}],
        }
        for part in OURS
    ]
    told = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "oversight", "bom-ref": "oversight"}},
        "components": components,
        "dependencies": [{"ref": "oversight", "dependsOn": [str(part["bom-ref"]) for part in components]}],
    }
    return json.dumps(told, indent=1) + "\n"


def licences(listed: list[Part]) -> str:
    rows = [f"| {part.name} | {part.version} | {part.licence} |" for part in (*listed, *OURS)]
    made = "Made by `make sbom` from `requirements.lock`; the same as CycloneDX in `sbom.cdx.json`."
    head = ["# What we are made of", "", made, "", "| part | version | licence |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def main() -> None:
    listed = parts()
    BILL.write_text(bill(listed), encoding="utf-8")
    LICENCES.write_text(licences(listed), encoding="utf-8")
    sys.stdout.write(f"{len(listed)} packages and {len(OURS)} kept files: {BILL.name}, {LICENCES.name}\n")


if __name__ == "__main__":
    main()
