"""What `validation.py` does for each node, worked out once per form version and remembered with it."""

from weakref import WeakKeyDictionary

import msgspec

from field_forms.answer_types import TYPE_TESTS
from field_forms.definition import FormDefinition, FormNode, text_in
from field_forms.xpath_subset import Evaluate, compile_expression

_NUMERIC_OR_DATED = frozenset({"int", "integer", "decimal", "date", "dateTime", "time"})


class NodePlan(msgspec.Struct, frozen=True, eq=False):
    """The compiled checks of one node and its children by name."""

    node: FormNode
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
    # Nothing is said of an answer, whatever it is.
    takes_any_text: bool
    children: "dict[str, NodePlan]"


class FormPlan(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """The plan of a whole form: the children of its root, and the paths of meta questions by their role."""

    children: dict[str, NodePlan]
    start_path: str | None
    end_path: str | None
    # Geopoints outside repeats, in the order of the form: the first answered one is where the visit took place.
    point_paths: tuple[str, ...]


_plans: WeakKeyDictionary[FormDefinition, FormPlan] = WeakKeyDictionary()


def plan_of(definition: FormDefinition) -> FormPlan:
    """Return the plan of a form version, made at its first use."""
    plan = _plans.get(definition)
    if plan is None:
        plan = _plans[definition] = _make_plan(definition)
    return plan


def _make_plan(definition: FormDefinition) -> FormPlan:
    roots = [path for path in definition.nodes if path.count("/") == _ROOT_CHILD_SLASHES]
    children = {definition.nodes[path].name: _node_plan(definition, path) for path in roots}
    points = tuple(
        path
        for path, node in definition.nodes.items()
        if node.data_type == "geopoint" and not _is_in_repeat(definition, path)
    )
    return FormPlan(children, _meta_path(definition, "start"), _meta_path(definition, "end"), points)


def _is_in_repeat(definition: FormDefinition, path: str) -> bool:
    names = path.split("/")
    above = ("/".join(names[:count]) for count in range(3, len(names)))
    return any(parent in definition.nodes and definition.nodes[parent].is_repeat for parent in above)


_ROOT_CHILD_SLASHES = 2


def _meta_path(definition: FormDefinition, name: str) -> str | None:
    node = definition.nodes.get(f"{definition.root_path}/{name}")
    return node.path if node is not None and node.data_type == "dateTime" and not node.control else None


def _node_plan(definition: FormDefinition, path: str) -> NodePlan:
    node = definition.nodes[path]
    choices = node.choices
    knows_choices = choices is not None and not choices.is_open and not choices.file_name
    children = {definition.nodes[child].name: _node_plan(definition, child) for child in node.children}
    return NodePlan(
        node=node,
        label=text_in(node.labels, "tr") or node.name,
        relevant=compile_expression(node.relevant, path) if node.relevant else None,
        required=compile_expression(node.required, path) if node.required else None,
        constraint=compile_expression(node.constraint, path) if node.constraint else None,
        constraint_message=text_in(node.constraint_messages, "tr"),
        test_name=node.data_type if node.data_type in TYPE_TESTS else "",
        allowed=frozenset(choice.value for choice in choices.choices) if choices and knows_choices else None,
        file_name=choices.file_name if choices else "",
        takes_many=node.control in {"select", "rank"},
        may_be_quoted=node.data_type in _NUMERIC_OR_DATED,
        may_be_absent=_may_be_absent(node, children),
        is_question=node.kind == "question",
        takes_any_text=not (choices or node.constraint or node.data_type in TYPE_TESTS),
        children=children,
    )


def _may_be_absent(node: FormNode, children: dict[str, NodePlan]) -> bool:
    """Say whether nothing below is owed; nobody owes an instance of a repeat."""
    if node.kind == "group":
        return all(child.may_be_absent for child in children.values())
    return node.is_repeat or not node.required
