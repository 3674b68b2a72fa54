"""What no import linter sees: relations upwards, imports inside functions, signals."""

import ast

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.sources import FLOORS, place, product


def floor_of(model: type[models.Model]) -> int:
    label = model._meta.app_label
    return FLOORS.index(label) if label in FLOORS else -1


def test_relations_point_downwards_or_sideways() -> None:
    upwards = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in apps.get_models()
        if floor_of(model) >= 0
        for field in model._meta.get_fields()
        if field.concrete and isinstance(field.related_model, type) and floor_of(field.related_model) > floor_of(model)
    ]

    assert upwards == []


def test_no_library_sees_our_floors_from_below() -> None:
    assert [config.label for config in apps.get_app_configs() if config.label in FLOORS] == [
        "config", "reviews", "payments", "grants", "notifications", "accounts",
    ]  # fmt: skip


@pytest.mark.parametrize("forbidden", ["django.db.models.signals", "django.dispatch"])
def test_no_signals(forbidden: str) -> None:
    users = [
        place(name, node)
        for name, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(forbidden)
    ]

    assert users == []


def test_imports_are_at_the_top() -> None:
    inside = [
        place(name, node)
        for name, tree in product()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_settings_are_read_through_django_only() -> None:
    direct = [
        place(name, node)
        for name, tree in product()
        if not name.startswith("config/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "config"
    ]

    assert direct == []
