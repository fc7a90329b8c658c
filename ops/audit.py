"""Known holes in the locked packages. The one check that needs the network: without it, it says so and passes."""

import json
import subprocess
import sys
from pathlib import Path

from ops.places import BIN, ROOT

COMMAND = ["--requirement", "requirements.lock", "--disable-pip", "--require-hashes", "--format", "json"]


def main() -> int:
    command: list[str | Path] = [BIN / "pip-audit", *COMMAND, "--progress-spinner", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"audit NOT RUN: the advisory service did not answer ({last[:200]})")
        return 0
    return report(packages)


def report(packages: list[dict]) -> int:
    asked = [package for package in packages if "skip_reason" not in package]
    holes = [(package, hole) for package in asked for hole in package["vulns"]]
    for package, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    if len(asked) < len(packages):
        print(
            f"audit NOT RUN for {len(packages) - len(asked)} of {len(packages)} packages: no answer about them"
        )
    print(f"{len(asked)} packages asked about, {len(holes)} known holes")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
