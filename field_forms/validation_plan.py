"""What `validation.py` does for each node, worked out once per form version and remembered with it."""

from collections.abc import Callable, Sequence
from functools import lru_cache, reduce

import msgspec

from field_forms.answer_types import TYPE_TESTS
from field_forms.definition import KEPT_PLANS, FormDefinition, FormNode, text_in
from field_forms.point_remarks import is_plain_point
from field_forms.xpath_subset import Evaluate, compile_expression, compile_rule

AnswerTest = Callable[[str], bool]

_NUMERIC_OR_DATED = frozenset({"int", "integer", "decimal", "date", "dateTime", "time"})
_TAKE_MANY = frozenset({"select", "rank"})


class NodePlan(msgspec.Struct, frozen=True, eq=False):
    """The compiled checks of one node and its children by name."""

    node: FormNode
    # Among the children of its container: remarks come in the order of the form.
    position: int
    label: str
    relevant: Evaluate | None
    required: Evaluate | None
    constraint: Evaluate | None
    constraint_message: str
    test_name: str
    # Values that may be chosen; None: not a select, or a list only the client knows.
    allowed: frozenset[str] | None
    file_name: str
    takes_many: bool
    # Free text may hold names and phones; remarks on lists must not repeat it.
    may_be_quoted: bool
    is_question: bool
    # Nothing is said where it is absent or, a question, empty.
    may_be_absent: bool
    # A quick look at an answer that is not empty. True: there is nothing to say of it; nearly every answer passes.
    is_plain: AnswerTest
    children: "dict[str, NodePlan]"
    # Those of the children that may not be absent.
    owed: "tuple[NodePlan, ...]"


class FormPlan(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """The plan of a whole form: the children of its root, and the paths of meta questions by their role."""

    children: dict[str, NodePlan]
    owed: tuple[NodePlan, ...]
    start_path: str | None
    end_path: str | None
    # Geopoints outside repeats, in the order of the form: the first answered one is where the visit took place.
    point_paths: tuple[str, ...]


@lru_cache(maxsize=KEPT_PLANS)
def plan_of(definition: FormDefinition) -> FormPlan:
    """Return the plan of a form version, made at its first use."""
    roots = [path for path in definition.nodes if path.count("/") == _ROOT_CHILD_SLASHES]
    children = _plans_of(definition, roots)
    points = tuple(
        path
        for path, node in definition.nodes.items()
        if node.data_type == "geopoint" and not _is_in_repeat(definition, path)
    )
    return FormPlan(
        children, _owed(children), _meta_path(definition, "start"), _meta_path(definition, "end"), points
    )  # fmt: skip


def _is_in_repeat(definition: FormDefinition, path: str) -> bool:
    names = path.split("/")
    above = ("/".join(names[:count]) for count in range(3, len(names)))
    return any(parent in definition.nodes and definition.nodes[parent].is_repeat for parent in above)


_ROOT_CHILD_SLASHES = 2


def _meta_path(definition: FormDefinition, name: str) -> str | None:
    node = definition.nodes.get(f"{definition.root_path}/{name}")
    return node.path if node is not None and node.data_type == "dateTime" and not node.control else None


def _plans_of(definition: FormDefinition, paths: Sequence[str]) -> dict[str, NodePlan]:
    return {
        definition.nodes[path].name: _node_plan(definition, path, position) for position, path in enumerate(paths)
    }  # fmt: skip


def _owed(children: dict[str, NodePlan]) -> tuple[NodePlan, ...]:
    return tuple(child for child in children.values() if not child.may_be_absent)


def _node_plan(definition: FormDefinition, path: str, position: int) -> NodePlan:
    node = definition.nodes[path]
    choices = node.choices
    knows_choices = choices is not None and not choices.is_open and not choices.file_name
    allowed = frozenset(choice.value for choice in choices.choices) if choices and knows_choices else None
    children = _plans_of(definition, node.children)
    owed = _owed(children)
    return NodePlan(
        node=node,
        position=position,
        label=text_in(node.labels, "tr") or node.name,
        relevant=compile_expression(node.relevant, path) if node.relevant else None,
        required=compile_expression(node.required, path) if node.required else None,
        constraint=compile_expression(node.constraint, path) if node.constraint else None,
        constraint_message=text_in(node.constraint_messages, "tr"),
        test_name=node.data_type if node.data_type in TYPE_TESTS else "",
        allowed=allowed,
        file_name=choices.file_name if choices else "",
        takes_many=node.control in _TAKE_MANY,
        may_be_quoted=node.data_type in _NUMERIC_OR_DATED,
        # Nobody owes an instance of a repeat.
        may_be_absent=not owed if node.kind == "group" else node.is_repeat or not node.required,
        is_question=node.kind == "question",
        is_plain=_quick_test(node, allowed),
        children=children,
        owed=owed,
    )


def _quick_test(node: FormNode, allowed: frozenset[str] | None) -> AnswerTest:
    """Put together what needs the answer alone; a file of choices or another answer takes a closer look."""
    tests: list[AnswerTest] = []
    if node.data_type == "geopoint":
        tests.append(is_plain_point)
    elif node.data_type in TYPE_TESTS:
        tests.append(TYPE_TESTS[node.data_type][0])
    if allowed is not None:
        takes_many = node.control in _TAKE_MANY
        tests.append((lambda text: allowed.issuperset(text.split())) if takes_many else allowed.__contains__)
    if node.choices is not None and node.choices.file_name:
        tests.append(_nothing)
    if node.constraint:
        tests.append(compile_rule(node.constraint, node.path) or _nothing)
    return reduce(_both, tests) if tests else _anything


def _both(first: AnswerTest, second: AnswerTest) -> AnswerTest:
    return lambda text: first(text) and second(text)


def _anything(_: str) -> bool:
    return True


def _nothing(_: str) -> bool:
    return False
