"""What is wrong or odd about a submission, told for review in a coordinator's words. Nothing here refuses.

A finalised form can hardly be corrected on the tablet and autosend repeats it for ever, so every submission that can be
read is accepted; these remarks flag it. What only the client can know (choices of entity lists, expressions outside the
plain subset of XPath) is not judged.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter

import msgspec

from field_forms.answer_types import TYPE_TESTS
from field_forms.clock_remarks import clock_remarks
from field_forms.definition import FormDefinition
from field_forms.filling_times import FillingTimes, filling_times
from field_forms.point_remarks import point_remarks
from field_forms.points import Point, parse_point
from field_forms.remarks import Remark, quote, shorten
from field_forms.submission_xml import SubmissionXml
from field_forms.validation_plan import FormPlan, NodePlan, plan_of
from field_forms.xml_tree import XmlElement
from field_forms.xpath_subset import Evaluate, Scope
from field_forms.xpath_values import Unknown, to_truth

__all__ = ["Point", "Remark", "validate", "visit_point"]

# A hostile or hopeless submission must not fill the page (or the table) with remarks.
MAX_REMARKS = 50
# Each instance of a repeat may look at the whole form; without a bound a hostile submission costs seconds.
MAX_INSTANCES = 500


def validate(
    submission: SubmissionXml,
    definition: FormDefinition,
    *,
    received_at: datetime,
    device_time: datetime | None = None,
    choice_files: Mapping[str, Container[str]] | None = None,
    filled: FillingTimes | None = None,
) -> list[Remark]:
    """Check a submission against the form version it names and return what is odd, at most `MAX_REMARKS`.

    `received_at` (aware) is when it reached us; `device_time` what the tablet's clock said at that moment, where the
    client tells. `choice_files` gives the values of choice lists kept in files, by file name; lists not given (entity
    lists among them) are not judged. `filled`: when the form was filled, where that has been read already.
    """
    plan = plan_of(definition)
    start, end = filled or filling_times(submission, definition)
    walk = _Walk(plan, choice_files or {}, _day_of_answering(start, end))
    if submission.root.name != definition.root:
        walk.remark("answer.unknown_node", f"/{submission.root.name}", "Yanıtlar bu formun yapısında değil.")
    else:
        walk.children(submission.root, plan, [submission.root], definition.root_path, None)
    remarks = walk.remarks[:MAX_REMARKS]
    return remarks + clock_remarks(start, end, received_at=received_at, device_time=device_time)


def visit_point(submission: SubmissionXml, definition: FormDefinition) -> Point | None:
    """Return where the visit took place: the first answered geopoint outside repeats that is a point on Earth."""
    for path in plan_of(definition).point_paths:
        point = parse_point(submission.text_at(path) or "")
        if point is not None and point.is_on_earth:
            return point
    return None


def _day_of_answering(start: datetime | None, end: datetime | None) -> date | None:
    """Return what `today()` was on the tablet; None for a draft filled over several days."""
    if start is None or end is None:
        return None
    first, last = start.date(), end.astimezone(start.tzinfo).date()
    return first if first == last else None


class _Asking(msgspec.Struct):
    """Whether what stands in a container was asked for: by its own condition in `scope`, and by those `above` it.

    Worked out when a missing or strange answer depends on it, which is seldom.
    """

    condition: Evaluate
    scope: Scope
    above: "_Asking | None"
    known: bool | Unknown | None = None

    def truth(self) -> bool | Unknown:
        if self.known is None:
            self.scope.value = ""
            own = to_truth(self.condition(self.scope))
            above = True if own is False or self.above is None else self.above.truth()
            self.known = own if above is True else above
        return self.known


def _was_asked(plan: NodePlan, scope: Scope, asking: _Asking | None) -> bool | Unknown:
    if plan.relevant is not None:
        asking = _Asking(plan.relevant, scope, asking)
    return True if asking is None else asking.truth()


_position = attrgetter("position")


class _Walk(msgspec.Struct):
    """One pass over a submission, form and answers side by side."""

    plan: FormPlan
    choice_files: Mapping[str, Container[str]]
    today: date | None
    remarks: list[Remark] = msgspec.field(default_factory=list)

    def remark(self, code: str, place: str, sentence: str) -> None:
        if len(self.remarks) < MAX_REMARKS:
            self.remarks.append(Remark(code, place, sentence))

    def children(
        self,
        element: XmlElement,
        plan: FormPlan | NodePlan,
        ancestors: list[XmlElement],
        place: str,
        asking: _Asking | None,
    ) -> None:
        """Check the children of one container; `ancestors` are the elements from the root to it.

        Most of a plain form is passed over here: of what is absent and not owed, or plain, there is nothing to say.
        """
        named, plans = element.by_name(), plan.children
        closer = [owed for owed in plan.owed if owed.node.name not in named]
        has_strangers = False
        for name, found in named.items():
            child = plans.get(name)
            if child is None:
                # Everything in `meta` is the client's own book-keeping.
                has_strangers = has_strangers or name != "meta"
                continue
            if child.is_question and len(found) == 1:
                text = found[0].text.strip()
                if child.is_plain(text) if text else child.may_be_absent:
                    continue
            closer.append(child)
        if closer:
            closer.sort(key=_position)
            scope = Scope(ancestors, "", self.today)
            for child in closer:
                self._node(child, named.get(child.node.name), scope, f"{place}/{child.node.name}", asking)
        if has_strangers:
            self._strangers(named, plans, place)

    def _strangers(self, named: Iterable[str], plans: Container[str], place: str) -> None:
        for name in named:
            if name != "meta" and name not in plans:
                reason = "Tablet formun başka bir sürümünü kullanmış olabilir."
                sentence = f"Formda olmayan bir yanıt geldi: «{shorten(name)}». {reason}"
                self.remark("answer.unknown_node", f"{place}/{name}", sentence)

    def _node(
        self,
        plan: NodePlan,
        found: list[XmlElement] | None,
        scope: Scope,
        place: str,
        asking: _Asking | None,
    ) -> None:
        if plan.is_question:
            self._question(plan, found, scope, place, asking)
            return
        if plan.relevant is not None:
            asking = _Asking(plan.relevant, scope, asking)
        if found is not None and len(found) == 1 and not plan.node.is_repeat:
            self.children(found[0], plan, [*scope.ancestors, found[0]], place, asking)
        elif found is not None:
            self._containers(plan, found, scope.ancestors, place, asking)
        elif plan.node.kind == "group" and (asking is None or asking.truth() is True):
            # An absent group still owes the answers that are required in it.
            absent = XmlElement(plan.node.name, {}, [])
            self.children(absent, plan, [*scope.ancestors, absent], place, asking)

    def _containers(
        self,
        plan: NodePlan,
        found: list[XmlElement],
        ancestors: list[XmlElement],
        place: str,
        asking: _Asking | None,
    ) -> None:
        if plan.node.kind == "group" and len(found) > 1:
            self._say_repeated(plan, place)
        if len(found) > MAX_INSTANCES:
            sentence = f"«{plan.label}» {len(found)} kez gelmiş; yalnız ilk {MAX_INSTANCES} incelendi."
            self.remark("answer.too_many", place, sentence)
        for number, element in enumerate(found[:MAX_INSTANCES], start=1):
            own_place = f"{place}[{number}]" if plan.node.is_repeat else place
            self.children(element, plan, [*ancestors, element], own_place, asking)

    def _question(
        self,
        plan: NodePlan,
        found: list[XmlElement] | None,
        scope: Scope,
        place: str,
        asking: _Asking | None,
    ) -> None:
        text = found[0].text.strip() if found else ""
        if found is not None and len(found) > 1:
            self._say_repeated(plan, place)
        if text:
            if self._is_of_type(plan, text, place) and plan.constraint is not None:
                self._constraint(plan, text, scope, place, asking)
        elif plan.required is not None and _was_asked(plan, scope, asking) is True:
            scope.value = ""
            if to_truth(plan.required(scope)) is True:
                self.remark("answer.missing", place, f"Zorunlu soru yanıtlanmamış: «{plan.label}».")

    def _say_repeated(self, plan: NodePlan, place: str) -> None:
        self.remark("answer.repeated", place, f"«{plan.label}» birden çok kez gelmiş; ilki gösteriliyor.")

    def _is_of_type(self, plan: NodePlan, text: str, place: str) -> bool:
        """Check type, choices and point of an answer that is not empty; a rule makes sense only for the right type."""
        if plan.test_name:
            is_of_type, type_word = TYPE_TESTS[plan.test_name]
            if not is_of_type(text):
                self.remark("answer.wrong_type", place, f"«{plan.label}» yanıtı bir {type_word} olmalıydı.")
                return False
            if plan.test_name == "geopoint":
                self.remarks += point_remarks(text, plan.label, place)
        allowed = plan.allowed if plan.allowed is not None else self.choice_files.get(plan.file_name)
        if allowed is not None:
            strangers = [value for value in (text.split() if plan.takes_many else (text,)) if value not in allowed]
            if strangers:
                sentence = f"«{plan.label}» için listede olmayan bir yanıt geldi{quote(strangers[0])}."
                self.remark("answer.unknown_choice", place, sentence)
        return True

    def _constraint(
        self,
        plan: NodePlan,
        text: str,
        scope: Scope,
        place: str,
        asking: _Asking | None,
    ) -> None:
        # The rule first: nearly every answer keeps it, and whether it was asked for is then of no interest.
        scope.value = text
        if plan.constraint is None or to_truth(plan.constraint(scope)) is not False:
            return
        if _was_asked(plan, scope, asking) is False:
            return
        quoted = quote(text) if plan.may_be_quoted else ""
        reason = plan.constraint_message or "Formdaki kurala uymuyor."
        self.remark("answer.out_of_range", place, f"«{plan.label}» yanıtı{quoted} formdaki kurala uymuyor: {reason}")
