"""Which icons the code shows, so that the sprite holds these and no others.

A name counts where it stands for an icon: `{% icon "users" %}` and `icon="users"` in a template, and in Python
every string under a name with "icon" in it: a keyword (`NavItem(icon="users")`), a constant
(`ICONS = {"visit": "walk"}`), a parameter's default, or a dictionary's key (`{"icon": "users"}`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")


def icon_names(package: Path) -> list[str]:
    """Every icon named in the templates and modules below `package`, sorted."""
    names: set[str] = set()
    for path in package.rglob("*.html"):
        found = IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))
        names.update(in_tag or in_argument for in_tag, in_argument in found)
    for path in package.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "icon" in source.lower() and "tests" not in path.parts:
            names.update(_in_python(ast.parse(source, filename=str(path))))
    return sorted(names)


def _in_python(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        for name, value in _named_values(node):
            if "icon" in name.lower():
                yield from _strings(value)


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        yield node.target.id, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.FunctionDef):
        positional = [*node.args.posonlyargs, *node.args.args]
        with_default = positional[len(positional) - len(node.args.defaults) :]
        yield from ((arg.arg, value) for arg, value in zip(with_default, node.args.defaults, strict=True))
        keyword_only = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        yield from ((arg.arg, value) for arg, value in keyword_only if value)


def _strings(value: ast.expr) -> Iterator[str]:
    """The icon names in an expression: a constant, the branches of a choice, the values of a dictionary."""
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str) and NAME.fullmatch(value.value):
            yield value.value
    elif isinstance(value, ast.Dict):
        for inner in value.values:
            yield from _strings(inner)
    elif isinstance(value, ast.IfExp):
        yield from _strings(value.body)
        yield from _strings(value.orelse)
    elif isinstance(value, ast.Tuple | ast.List | ast.Set):
        for inner in value.elts:
            yield from _strings(inner)
