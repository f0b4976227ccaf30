"""Fills a form as a tablet would: walks its definition, answers what is asked, leaves out what is not, writes the XML.

Which questions are relevant is worked out from the form's own expressions, so a changed form is filled as it then is.
"""

from functools import cache
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

import msgspec

from api.commands.demo.answers import Filling, answer
from api.commands.demo.planned_visit import PlannedVisit
from field_forms.definition import FormDefinition
from field_forms.validation_plan import NodePlan, plan_of
from field_forms.xml_tree import XmlElement
from field_forms.xpath_subset import Evaluate, Scope, compile_expression
from field_forms.xpath_values import to_text, to_truth

_TRIES = 5


def fill_form(
    filling: Filling, definition: FormDefinition, *, version: str, deprecated_id: UUID | None = None
) -> bytes:
    """Fill one form and return its XML. `version` is what the tablet claims, not always a version we know."""
    root = XmlElement(definition.root, {"id": definition.form_id, "version": version}, [])
    _Filler(filling, definition).fill(root)
    root.children.append(_meta(filling.visit, deprecated_id))
    return f"<?xml version='1.0'?>{_write(root)}".encode()


class _Filler(msgspec.Struct):
    filling: Filling
    definition: FormDefinition

    def fill(self, root: XmlElement) -> None:
        self._children(root, plan_of(self.definition).children, [root])

    def _children(self, parent: XmlElement, plans: dict[str, NodePlan], ancestors: list[XmlElement]) -> None:
        for plan in plans.values():
            scope = Scope(ancestors, "", self.filling.today)
            if plan.relevant is not None and to_truth(plan.relevant(scope)) is False:
                continue
            if plan.node.kind == "repeat":
                self._repeat(parent, plan, ancestors)
                continue
            element = XmlElement(plan.node.name, {}, [])
            parent.children.append(element)
            if plan.node.kind == "group":
                self._children(element, plan.children, [*ancestors, element])
            else:
                element.text = self._answer(plan, scope)
                self.filling.answered[plan.node.name] = element.text

    def _repeat(self, parent: XmlElement, plan: NodePlan, ancestors: list[XmlElement]) -> None:
        if not any(entity.container == plan.node.path for entity in self.definition.entities):
            # Not findings: an employer's open position, say. One is enough to be looked at.
            element = XmlElement(plan.node.name, {}, [])
            parent.children.append(element)
            self._children(element, plan.children, [*ancestors, element])
            return
        for finding in self.filling.visit.findings:
            self.filling.finding = finding
            element = XmlElement(plan.node.name, {}, [])
            parent.children.append(element)
            self._children(element, plan.children, [*ancestors, element])
            element.children += [
                _entity(entity.dataset, finding.id, finding.description)
                for entity in self.definition.entities
                if entity.container == plan.node.path
            ]
        self.filling.finding = None

    def _answer(self, plan: NodePlan, scope: Scope) -> str:
        if plan.node.calculate:
            calculated = _calculation(plan.node.calculate, plan.node.path)(scope)
            return to_text(calculated) if isinstance(calculated, str | float | bool) else ""
        for _ in range(_TRIES):
            text = answer(self.filling, plan.node)
            fits = Scope(scope.ancestors, text, self.filling.today)
            if not text or plan.constraint is None or to_truth(plan.constraint(fits)) is not False:
                return text
        return ""


@cache
def _calculation(written: str, path: str) -> Evaluate:
    return compile_expression(written, path)


def _entity(dataset: str, entity_id: UUID, label: str) -> XmlElement:
    attributes = {"dataset": dataset, "id": str(entity_id), "create": "1"}
    entity = XmlElement("entity", attributes, [XmlElement("label", {}, [], label)])
    return XmlElement("meta", {}, [entity])


def _meta(visit: PlannedVisit, deprecated_id: UUID | None) -> XmlElement:
    meta = XmlElement("meta", {}, [XmlElement("instanceID", {}, [], f"uuid:{visit.instance_id}")])
    if deprecated_id is not None:
        meta.children.append(XmlElement("deprecatedID", {}, [], f"uuid:{deprecated_id}"))
    return meta


def _write(element: XmlElement) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    if element.children:
        inside = "".join(map(_write, element.children))
    elif element.text:
        inside = escape(element.text)
    else:
        return f"<{element.name}{attributes}/>"
    return f"<{element.name}{attributes}>{inside}</{element.name}>"
