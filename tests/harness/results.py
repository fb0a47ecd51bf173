"""Adds up what the suites of tools/test recorded: python3 results.py FOLDER

suites               name, seconds, exit status; tab-separated, in the order of running
NAME.meson.json      meson's testlog.json; a program built on check counts as many tests as it says
NAME.junit.xml       pytest's
NAME.checks          "passed" or "failed", tab, what was checked

Only the standard library: it also runs where nothing could be installed.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree
from dataclasses import dataclass, field

CHECK_TOTALS = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.MULTILINE)


@dataclass
class Tally:
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def from_meson(path: pathlib.Path) -> Tally:
    tally = Tally()
    for line in path.read_text().splitlines():
        test = json.loads(line)
        name, result = test["name"].split(" / ")[-1], test["result"]
        totals = CHECK_TOTALS.search(test.get("stdout") or "")
        checks, failures, errors = map(int, totals.groups()) if totals else (1, 0, 0)
        if result == "SKIP":
            tally.skipped.append(name)
        elif result == "OK":
            tally.passed += checks
        else:
            bad = max(failures + errors, 1)
            tally.passed += max(checks - bad, 0)
            tally.failed += [f"{name} ({result.lower()})"] * bad
    return tally


def from_junit(path: pathlib.Path) -> Tally:
    tally = Tally()
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed.append(name)
        elif skipped is not None:
            tally.skipped.append(f"{name}: {skipped.get('message')}")
        else:
            tally.passed += 1
    return tally


def from_checks(path: pathlib.Path) -> Tally:
    tally = Tally()
    for line in path.read_text().splitlines():
        verdict, name = line.split("\t")
        if verdict == "passed":
            tally.passed += 1
        else:
            tally.failed.append(name)
    return tally


READERS = {".meson.json": from_meson, ".junit.xml": from_junit, ".checks": from_checks}


def tally_of(folder: pathlib.Path, suite: str) -> Tally:
    """A suite's files are NAME.* and NAME-<part>.*; no suite's name begins with another's and a hyphen."""
    tally = Tally()
    for path in sorted(folder.iterdir()):
        for ending, read in READERS.items():
            stem = path.name.removesuffix(ending)
            if path.name.endswith(ending) and (stem == suite or stem.startswith(suite + "-")):
                tally.add(read(path))
    return tally


def main(folder: pathlib.Path) -> int:
    total = Tally()
    print(f"\n{'suite':<14} {'seconds':>7} {'passed':>7} {'failed':>7} {'skipped':>7}")
    for line in (folder / "suites").read_text().splitlines():
        suite, seconds, status = line.split("\t")
        tally = tally_of(folder, suite)
        if status != "0" and not tally.failed:
            tally.failed.append(f"{suite} ended with {status}")
        total.add(tally)
        print(f"{suite:<14} {seconds:>7} {tally.passed:>7} {len(tally.failed):>7} {len(tally.skipped):>7}")
    for title, names in (("skipped", total.skipped), ("failed", total.failed)):
        if names:
            print(f"\n{title} ({len(names)}):", *names, sep="\n  ")
    print(f"\n{total.passed} passed, {len(total.failed)} failed")
    return 0 if total.passed > 0 and not total.failed else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
