"""The table and `var/bench.json`."""

import json
from pathlib import Path

from bench.driver import Result

FILE = Path(__file__).resolve().parent.parent / "var" / "bench.json"
AIMS = {  # share of the yardstick at eight connections, most queries
    "intake": ("bare create", 0.25, 25),
    "list": ("bare view", 0.15, 6),
    "file": ("bare view", 0.12, 12),
    "node": ("bare create", 0.2, None),
}
SWEEP_AIM, RATIO_AIM, CANDIDATES_MS = 150, 0.3, 5.0


def row(name: str, concurrency: int, result: Result) -> dict:
    rounded = {
        "per_second": round(result.per_second, 1),
        "p50_ms": round(result.p50_ms, 1),
        "p95_ms": round(result.p95_ms, 1),
        "requests": result.requests,
        "errors": result.errors,
    }
    shown = "{per_second:8.1f} /s   p50 {p50_ms:7.1f} ms   p95 {p95_ms:7.1f} ms   {errors} errors"
    print(f"{name:<12} c{concurrency}", shown.format(**rounded), flush=True)
    return rounded


def conclude(found: dict) -> None:
    """Ratios beside their aims, and the file."""
    print()
    for name, (yardstick, aim, most) in AIMS.items():
        if name not in found:
            continue
        for concurrency in ("c1", "c8"):
            ratio = found[name][concurrency]["per_second"] / found[yardstick][concurrency]["per_second"]
            found[name][concurrency]["ratio"] = round(ratio, 3)
        inside = found[name]["inside"]
        reached = found[name]["c8"]["ratio"] >= aim and (most is None or inside["queries"] <= most)
        queries = f"{inside['queries']} queries" + (f" (at most {most})" if most else "")
        shown = f"{name:<8} {found[name]['c8']['ratio']:.2f} of the {yardstick} (aim {aim}), {queries}"
        print(f"{shown}   {'reached' if reached else 'NOT REACHED'}")
        spent = f"{inside['ms']} ms = SQL {inside['sql_ms']} + Python {inside['python_ms']}"
        print(
            f"{'':<8} {spent}; {', '.join(f'{part} {share:.0%}' for part, share in inside['python_by_part'].items())}"
        )
    if "sweep" in found:
        _sweep(found["sweep"])
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"also in {FILE}")


def _sweep(found: dict) -> None:
    """The figures of the sweep beside their aims."""
    figures = [
        (f"{found['per_second']} effects/s of one sweeper", SWEEP_AIM, found["per_second"] >= SWEEP_AIM),
        (
            f"{found['ratio']} of plain SQL ({found['bare_per_second']}/s)",
            RATIO_AIM,
            found["ratio"] >= RATIO_AIM,
        ),
        (
            f"candidates in {found['candidates_ms']['p50']} ms",
            CANDIDATES_MS,
            found["candidates_ms"]["p50"] <= CANDIDATES_MS,
        ),
    ]
    print(
        f"sweep    {found['running']} running steps, {found['due']} due; {found['four_per_second']}/s of four sweepers"
    )
    for words, aim, reached in figures:
        print(f"{'':<8} {words} (aim {aim})   {'reached' if reached else 'NOT REACHED'}")
    print(
        f"{'':<8} memory {' -> '.join(map(str, found['memory_mb']))} MB over {found['rang']} effects {found['actions']}"
    )
