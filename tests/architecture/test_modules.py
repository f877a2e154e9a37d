"""The house style, where a machine can see it: sizes, docstrings, exported names."""

import ast

from tests.architecture.sources import PACKAGE, ROOT, modules

MODULE_LINES = 400
FUNCTION_LINES = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module):
    return [node for node in ast.walk(module.tree) if isinstance(node, Function)]


def test_no_module_is_longer_than_the_budget():
    lengths = {module.place: module.text.count("\n") for module in modules()}
    assert {place: lines for place, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_the_budget():
    lengths = {
        f"{module.place}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for module in modules()
        for node in functions(module)
    }
    assert {place: lines for place, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_modules_classes_and_public_functions_say_what_they_are():
    silent = [
        f"{module.place}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', 'module')}"
        for module in modules()
        for node in [module.tree, *public_definitions(module.tree)]
        if not ast.get_docstring(node)
    ]
    assert silent == []


def public_definitions(scope):
    """Classes and functions without an underscore, and inside public classes; magic methods describe themselves."""
    for node in scope.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (inner for inner in public_definitions(node) if not is_described_elsewhere(inner))


def is_described_elsewhere(node):
    """An overload or an override: its docstring is where it is defined first."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in getattr(node, "decorator_list", [])}
    return bool(names & {"overload", "override", "setter"})


def exported(module):
    """The names in ``__all__``, or None without one."""
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=names)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=names)
            ):
                return ast.literal_eval(names)
    return None


def defined(module):
    """The names that a module has at its top level, imported ones too."""
    names = set()
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef | Function):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        else:
            names.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return names


def submodules(module):
    if module.path.name != "__init__.py":
        return set()
    return {path.stem for path in module.path.parent.iterdir() if path.is_dir() or path.suffix == ".py"}


def has_code(module):
    """Whether there is more than a docstring and imports of the future: such a module has something to export."""
    return any(not isinstance(node, ast.Expr) and "__future__" not in ast.unparse(node) for node in module.tree.body)


def test_every_module_says_which_names_are_public():
    assert [module.place for module in modules() if has_code(module) and exported(module) is None] == []


def test_public_names_exist_and_are_listed_once():
    wrong = {
        module.place: sorted(unknown) or "twice"
        for module in modules()
        if (names := exported(module)) is not None
        and (
            (unknown := set(names) - defined(module) - submodules(module) - lazy_names(module))
            or len(set(names)) < len(names)
        )
    }
    assert wrong == {}


def lazy_names(module):
    """Names that a package resolves by a module-level ``__getattr__`` from its table ``_PUBLIC``."""
    if not any(isinstance(node, Function) and node.name == "__getattr__" for node in module.tree.body):
        return set()
    tables = [n.value for n in module.tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "_PUBLIC"]
    return {ast.literal_eval(key) for table in tables for key in table.keys}


def test_a_module_imports_only_what_another_one_exports():
    exports = {module.name: exported(module) for module in modules()}
    trespasses = [
        f"{module.place}:{node.lineno} {alias.name} of {node.module}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and exports.get(node.module) is not None
        for alias in node.names
        if alias.name not in exports[node.module] and f"{node.module}.{alias.name}" not in exports
    ]
    assert trespasses == []


def test_every_folder_of_the_package_is_a_package():
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert sorted(str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()) == []


def test_alembic_stays_a_folder_so_that_it_shadows_nothing():
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_unit_tests_mirror_the_package():
    strangers = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests" / "unit").rglob("*")
        if path.is_dir() and path.name != "__pycache__"
        for room in [PACKAGE / path.relative_to(ROOT / "tests" / "unit")]
        if not room.is_dir() and not room.with_suffix(".py").exists()
    ]
    assert strangers == []
