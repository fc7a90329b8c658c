"""What linters cannot hold: sizes, names that mean nothing, who reads the clock, and the guardrails of the product."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("organization", "matters", "dispatch", "assessment", "audit")
DOORS = ("desk", "portal", "exchange", "demo")
OTHERS = ("govflow", "ops", "bench")
NOT_OURS = {".git", ".venv", "var", "staticfiles", "__pycache__", "node_modules"}

SOMEWHERE = {"services", "utils", "util", "helpers", "helper", "managers", "common", "core", "misc", "lib"}
HTTP = ("django.http", "django.shortcuts", "django.urls", "rest_framework")
BARE = ("matters.lifecycle", "matters.intake")

# Nobody is ranked, counted, tracked or rewarded (design: guardrails).
DENIED = re.compile(
    r"(?:^|_)(ranks?|ranking|ranked|scores?|scoring|points|check_?ins?|streaks?|online_(?:minutes|hours|time)"
    r"|read_receipts?|login_counts?|track_points|leaderboard|league|medals?)(?:_|$)"
)


def python(*folders):
    """Production modules of these folders; migrations are written by a machine."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def place(file, node=None):
    return f"{file.relative_to(ROOT)}" + (f":{node.lineno}" if node else "")


def imports(node):
    """Names of the modules an import statement brings in."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return []


def imported(file, *modules):
    """Lines that import one of the modules or something inside it."""
    for node in ast.walk(tree(file)):
        if any(
            name == module or name.startswith(f"{module}.") for name in imports(node) for module in modules
        ):
            yield place(file, node)


def calls(file):
    return [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]


def called(node):
    """`timezone.now` of `django.utils.timezone.now()`."""
    words, each = [], node.func
    while isinstance(each, ast.Attribute):
        words, each = [each.attr, *words], each.value
    return ".".join([each.id, *words] if isinstance(each, ast.Name) else words)


def ninth_of_ten(sizes):
    return sorted(sizes)[int(len(sizes) * 0.9)]


def lines(file):
    return len(file.read_text(encoding="utf-8").splitlines())


def test_modules_stay_small():
    sizes = {place(file): lines(file) for file in python(*ROOMS, *DOORS, *OTHERS) if lines(file)}
    assert ninth_of_ten(sizes.values()) <= 160
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_templates_stay_small():
    assert ninth_of_ten([lines(file) for file in (ROOT / "templates").rglob("*.html")]) <= 80


def test_no_module_is_called_somewhere():
    assert [
        place(file) for file in python(*ROOMS, *DOORS) if SOMEWHERE & {file.stem, *file.parent.parts}
    ] == []


def test_a_room_is_told_the_moment():
    clocks = (
        "timezone.now",
        "datetime.now",
        "datetime.utcnow",
        "date.today",
        "timezone.localdate",
        "time.time",
    )
    readers = [
        place(file, call)
        for file in python(*ROOMS)
        if place(file) != "organization/clock.py"
        for call in calls(file)
        if any(called(call) == clock or called(call).endswith(f".{clock}") for clock in clocks)
    ]
    assert readers == []


def test_of_a_room_only_tasks_and_commands_ask_the_clock():
    readers = [
        place(file, call)
        for file in python(*ROOMS)
        if file.name != "tasks.py" and "commands" not in file.parts
        for call in calls(file)
        if called(call) == "clock.now"
    ]
    assert readers == []


def test_a_room_knows_nothing_of_http():
    """The configuration pages are Django's own; they name its request as a type."""
    rooms = [file for file in python(*ROOMS) if file.name != "admin.py"]
    assert [line for file in rooms for line in imported(file, *HTTP)] == []


def test_no_receiver_listens_to_rows():
    assert [
        line
        for file in python(*ROOMS, *DOORS, *OTHERS)
        for line in imported(file, "django.db.models.signals")
    ] == []


def test_no_import_hides_in_a_function():
    hidden = [
        place(file, node)
        for file in python(*ROOMS)
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef) and (file.name, function.name) != ("apps.py", "ready")
        for node in ast.walk(function)
        if imports(node)
    ]
    assert hidden == []


def test_doors_call_the_upper_verb():
    assert [line for file in python(*DOORS) for line in imported(file, *BARE)] == []


def test_a_task_finds_rows_and_calls_one_verb():
    long = [
        place(file, function)
        for file in python(*ROOMS, *DOORS)
        if file.name == "tasks.py"
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef)
        and sum(isinstance(each, ast.stmt) for each in ast.walk(function)) > 6
    ]
    assert long == []


def test_the_broker_carries_no_moment():
    planned = [
        place(file, call)
        for file in python(*ROOMS, *DOORS, *OTHERS)
        for call in calls(file)
        if {"eta", "countdown"} & {keyword.arg for keyword in call.keywords}
    ]
    assert planned == []


def test_no_room_starts_a_task_inside_its_transaction():
    started = [
        place(file, call)
        for file in python(*ROOMS)
        for call in calls(file)
        if called(call).endswith(".delay")
    ]
    assert started == []


def our_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in (*ROOMS, *DOORS)]


def test_no_model_overrides_save():
    assert [
        model.__name__ for model in our_models() if "save" in vars(model) or "delete" in vars(model)
    ] == []


def test_every_constraint_and_index_has_a_name_of_its_own():
    rules = [rule for model in our_models() for rule in (*model._meta.constraints, *model._meta.indexes)]
    names = [rule.name for rule in rules]
    assert all(names)
    assert len(names) == len(set(names))
    assert [model.__name__ for model in our_models() if model._meta.unique_together] == []


def test_every_constraint_is_tripped_by_a_test():
    written = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    names = [rule.name for model in our_models() for rule in model._meta.constraints]
    assert [name for name in names if name not in written] == []


def routes(patterns, before=""):
    for each in patterns:
        route = f"{before}{each.pattern}"
        if hasattr(each, "url_patterns"):
            yield from routes(each.url_patterns, route)
        else:
            yield route, each.name or ""


def schema_names(part):
    """Property and parameter names anywhere in the schema."""
    if isinstance(part, dict):
        yield from (part.get("properties") or {})
        if "in" in part:
            yield part.get("name", "")
        for each in part.values():
            yield from schema_names(each)
    elif isinstance(part, list):
        for each in part:
            yield from schema_names(each)


def fields():
    return [field.name for model in our_models() for field in model._meta.get_fields()]


def addresses():
    found = [
        word
        for pair in routes(get_resolver().url_patterns)
        if not pair[0].startswith("admin")
        for word in pair
    ]
    return [word.replace("-", "_") for word in found for word in re.findall(r"[a-z_-]+", word)]


def template_words():
    for file in (ROOT / "templates").rglob("*.html"):
        yield from re.findall(r"[a-z_]+", f"{file.relative_to(ROOT)}".removesuffix(".html"))
        for tag in re.findall(r"{[{%](.*?)[%}]}", file.read_text(encoding="utf-8")):
            yield from re.findall(r"[a-z_]+", re.sub(r"\"[^\"]*\"|'[^']*'", "", tag))  # not the sentences


def properties():
    from drf_spectacular.generators import SchemaGenerator

    return list(schema_names(SchemaGenerator().get_schema(request=None, public=True)))


@pytest.mark.parametrize("words", [fields, addresses, template_words, properties])
def test_nobody_is_ranked_counted_tracked_or_rewarded(words):
    found = list(words())
    assert len(found) > 50, "the look-out itself must see something"
    assert sorted({word for word in found if DENIED.search(word)}) == []


def test_the_look_out_knows_what_it_looks_for():
    for word in (
        "score",
        "team_rank",
        "track_points",
        "check_in",
        "checkin_at",
        "online_minutes",
        "login_count",
        "read_receipt",
    ):
        assert DENIED.search(word)
    for word in ("tracking_url", "track", "point", "checked", "franking", "underscore"):
        assert not DENIED.search(word)


def project_files():
    for file in ROOT.rglob("*"):
        inside = file.relative_to(ROOT).parts
        kept = not NOT_OURS & set(inside) and not any(
            part.endswith("_cache") or part == ".hypothesis" for part in inside
        )
        if kept and file.is_file() and file.suffix not in {".png", ".jpg", ".mo", ".woff2", ".ico"}:
            yield file


def test_no_file_names_a_folder_of_somebodys_machine():
    homes = re.compile(
        r"(?<![\w.])/(?:" + "|".join(("work/[a-z]", "Users/[A-Za-z]", "home/[a-z]", "mnt/[a-z]")) + ")"
    )
    found = [
        f"{place(file)}: {line.strip()[:80]}"
        for file in project_files()
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
        if homes.search(line)
    ]
    assert found == []
