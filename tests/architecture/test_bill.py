"""What the product is made of is written down, is free to be passed on, and no secret lies in the repository."""

import json
import re
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.source import PROJECT

FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Zlib|0BSD|CC0|MPL|Boost|OFL|LGPL-3.0", re.IGNORECASE
)  # LGPL for what is only imported
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY"),
    "an age key": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{50}"),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a password in an address": re.compile(
        r"\b(?:postgres(?:ql)?|rediss?|https?)://[^\s/:@]*:(?!password@)[^\s/:@…<{$]+@"
    ),
    "a secret in quotes": re.compile(
        r"(?i)(?:secret|passwd|api_?key|access_?key|token)\w*[\"']?\s*[:=]\s*[\"'][A-Za-z0-9+/_=-]{32,}[\"']"
    ),
}


def script() -> ModuleType:
    spec = spec_from_file_location("bill", PROJECT / "scripts" / "bill.py")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_bill_is_of_this_lock() -> None:
    """Fails after `make lock`: then `make sbom`."""
    bill, told = script(), json.loads((PROJECT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(part["name"], part["version"]) for part in told["components"]}
    pins = [bill.PIN.match(line) for line in bill.LOCK.read_text(encoding="utf-8").splitlines()]
    assert listed == {(pin[1], pin[2]) for pin in pins if pin} | {
        (part.name, part.version) for part in bill.OURS
    }
    assert len({part["bom-ref"] for part in told["components"]}) == len(told["components"])
    assert all(part["hashes"] for part in told["components"] if part["type"] == "library")


def test_every_licence_is_known_and_free() -> None:
    told = json.loads((PROJECT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8"))
    licences = {part["name"]: part["licenses"][0]["license"]["name"] for part in told["components"]}
    assert {name: licence for name, licence in licences.items() if not FREE.search(licence)} == {}
    assert {name for name, licence in licences.items() if re.search(r"\bA?GPL", licence)} == set()


def findings(text: str) -> list[str]:
    return [what for what, pattern in SECRETS.items() if pattern.search(text)]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a private key", "-----BEGIN " + "PRIVATE KEY-----"),
        ("an AWS key", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("a GitHub token", "ghp_" + "a1" * 18),
        ("a password in an address", "postgresql://app:" + "hunter2@db/x"),
        ("a secret in quotes", "SECRET_KEY = '" + "x7" * 20 + "'"),
    ],
)
def test_the_scan_sees_what_it_should(what: str, text: str) -> None:
    assert what in findings(text)


def test_no_secret_lies_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    paths = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    assert len(paths) > 500
    found = {str(path): told for path in paths if (told := _of_file(PROJECT / path))}
    assert found == {}


def _of_file(path: Path) -> list[str]:
    """Of a text file of moderate size; pictures and weights hold no words."""
    if not path.is_file() or path.stat().st_size > 3_000_000:
        return []
    data = path.read_bytes()
    return [] if b"\0" in data[:8000] else findings(data.decode(errors="replace"))
