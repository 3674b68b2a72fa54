"""Each kind of change has one door; these tests find whoever climbs through a window."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import calls, dotted, imported_names, place, product

WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"}
CLOCK_READS = (
    "timezone.now", "timezone.localdate", "timezone.localtime", "date.today", "datetime.now", "datetime.today",
    "datetime.utcnow", "datetime.date.today", "datetime.datetime.now",
)  # fmt: skip
# Transitions that share their name with methods of files, threads, queries and the like.
EVERYDAY = {
    "accept", "cancel", "close", "confirm", "exclude", "extend", "open", "order", "post", "rank", "release", "sign",
    "start",
}  # fmt: skip
RECORDS = {
    "application", "award", "case", "fresh", "instance", "letter", "locked", "obj", "payment", "record", "review",
    "round", "sheet",
}  # fmt: skip
# A notice has no life cycle that people steer: claims and sends are conditional updates.
PLAIN_STATES = ("NoticeState.",)
# Model: where rows may be written; of a notice also what a person does with a stuck one.
DOORS = {
    "Transfer": ("payments/ledger",),
    "AuditEntry": ("accounts/audit",),
    "Notice": ("notifications/outbox", "notifications/claims", "notifications/actions/notices"),
    "Letter": ("notifications/letters",),
    "ClockShift": ("accounts/clock",),
}


def transition_names() -> set[str]:
    return {
        method.name
        for name, tree in product()
        if "/models" in name
        for method in ast.walk(tree)
        if isinstance(method, ast.FunctionDef)
        and any(isinstance(d, ast.Call) and dotted(d.func).endswith("transition") for d in method.decorator_list)
    }


def root(node: ast.AST) -> str:
    return dotted(node).partition(".")[0].removesuffix("()")


def is_record(node: ast.AST) -> bool:
    """Tell by its name whether a receiver of a call is one of our records rather than a file or a thread."""
    return dotted(node).rpartition(".")[2].removesuffix("()") in RECORDS


def direct_transitions() -> Iterator[str]:
    names = transition_names()
    for name, tree in product():
        imported = imported_names(tree)
        for call in calls(tree):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in names:
                continue
            owner = root(call.func)
            everyday = call.func.attr in EVERYDAY and not is_record(call.func.value)
            # The roof has no records: what its pool of threads asks of its parent (submit) is no step of one.
            of_a_pool = owner == "super" and name.startswith("config/")
            if owner in imported or everyday or of_a_pool:
                continue
            yield place(name, call)


def test_there_are_transitions_to_guard() -> None:
    assert {"submit", "sign"} <= transition_names()


def test_transitions_run_through_the_audit_door_only() -> None:
    assert [where for where in direct_transitions() if not where.startswith("accounts/audit")] == []


def names_state(call: ast.Call) -> bool:
    values = [dotted(keyword.value) for keyword in call.keywords if keyword.arg == "state"]
    if values:
        return not values[0].startswith(PLAIN_STATES)
    listed = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "fields")]
    constants = [node.value for value in listed for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return dotted(call.func).endswith(".bulk_update") and "state" in constants


def test_no_query_sets_a_state() -> None:
    updates = [
        place(name, call)
        for name, tree in product()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"update", "bulk_update"} and names_state(call)
    ]

    assert updates == []


def writes(call: ast.Call, model: str) -> bool:
    name = dotted(call.func)
    if name == model:
        # A record that is only named, to be locked, is not written.
        return [keyword.arg for keyword in call.keywords] != ["pk"]
    return name.startswith(f"{model}.") and name.rpartition(".")[2] in WRITES


@pytest.mark.parametrize(("model", "doors"), DOORS.items())
def test_rows_are_written_at_their_door_only(model: str, doors: tuple[str, ...]) -> None:
    elsewhere = [
        place(name, call)
        for name, tree in product()
        if not name.startswith(doors)
        for call in calls(tree)
        if writes(call, model)
    ]

    assert elsewhere == []


def test_only_the_clock_reads_the_clock() -> None:
    readers = [
        place(name, call)
        for name, tree in product()
        if name != "accounts/clock.py"
        for call in calls(tree)
        if dotted(call.func) in CLOCK_READS
    ]

    assert readers == []


def is_durable(node: ast.AST) -> bool:
    """Tell whether a node opens an action's transaction; a savepoint is none."""
    return (
        isinstance(node, ast.Call)
        and dotted(node.func) == "transaction.atomic"
        and any(keyword.arg == "durable" for keyword in node.keywords)
    )


def actions() -> dict[str, ast.FunctionDef]:
    """Return every function that is one action, by ``module.name``."""
    return {
        f"{name.removesuffix('.py').replace('/', '.')}.{function.name}": function
        for name, tree in product()
        if "/actions" in name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and any(is_durable(node) for node in ast.walk(function))
    }


def test_there_are_actions_to_guard() -> None:
    assert len(actions()) > 20


def test_actions_never_call_actions() -> None:
    names = {name.rpartition(".")[2] for name in actions()}
    nested = [
        f"{name} -> {dotted(call.func)}"
        for name, function in actions().items()
        for call in calls(function)
        if isinstance(call.func, ast.Name) and call.func.id in names
    ]

    assert nested == []


def test_actions_take_keywords_only() -> None:
    positional = [name for name, function in actions().items() if function.args.args and not _is_private(name)]

    assert positional == []


def _is_private(name: str) -> bool:
    return name.rpartition(".")[2].startswith("_")


def test_only_actions_and_sweeps_open_a_durable_transaction() -> None:
    # A backup is one look at everything, and its own beginning.
    openers = [
        place(name, node)
        for name, tree in product()
        if not {"actions", "backup", "management", "tasks"} & set(name.removesuffix(".py").split("/"))
        for node in ast.walk(tree)
        if is_durable(node)
    ]

    assert openers == []
