"""SpiffWorkflow behind a closed door: compile a model once per version, run a case from wait to wait.

The engine never touches the database and never acts: decisions of people, decision tables and actions of records are
*waits*, which the services of this plugin answer. Scripts and conditions go to :mod:`closed`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import UserTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from weft.core.sdk import translator
from weft.plugins.workflow.services import closed

_ = translator("workflow")

__all__ = ["FUNCTIONS", "EngineError", "Run", "Wait", "begin", "compile_model", "resume"]

#: What conditions may ask besides task data; the services supply them.
FUNCTIONS = frozenset({"amount", "field", "chooses"})
#: Automatic steps between two waits; a model that needs more runs in a circle.
_MOST_STEPS = 500

Functions = Mapping[str, Callable[..., Any]]


class EngineError(Exception):
    """A model that cannot be compiled, or a case that cannot go on; ``str()`` is a sentence."""


class ActionTask(UserTask):
    """A service task: an action of the record, done by this plugin, never by the engine."""


class DecisionTask(UserTask):
    """A business rule task: a decision table, evaluated by this plugin."""


class _Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {
        full_tag("serviceTask"): (TaskParser, ActionTask),
        full_tag("businessRuleTask"): (TaskParser, DecisionTask),
    }


class _Environment(BasePythonScriptEngineEnvironment):
    """Hands expressions and scripts to the closed language; calls no service."""

    def __init__(self, functions: Functions) -> None:
        super().__init__({})
        self._functions = functions

    def evaluate(self, expression: str, context: dict[str, Any], external_context: Any = None) -> Any:
        return closed.evaluate(expression, context, self._functions)

    def execute(self, script: str, context: dict[str, Any], external_context: Any = None) -> bool:
        for name, expression in closed.assignments(script):
            context[name] = _plain(closed.evaluate(expression, context, self._functions))
        return True

    def call_service(self, context: dict[str, Any], **kwargs: Any) -> Any:
        raise closed.ClosedError("no service is called by the engine")


class _Engine(PythonScriptEngine):
    """Without the library's own handling of errors, which expects Python."""

    def validate(self, expression: str) -> None:
        closed.check(expression, FUNCTIONS)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        return self.environment.execute(script, task.data, external_context)


def _plain(value: Any) -> Any:
    """Task data is kept as JSON: exact numbers as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, (str, int, bool, float, type(None))) else str(value)


def _serializer() -> BpmnWorkflowSerializer:
    config = {**DEFAULT_CONFIG, ActionTask: BpmnTaskSpecConverter, DecisionTask: BpmnTaskSpecConverter}
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))


_SERIALIZER = _serializer()
_SPECS = ("spec", "subprocess_specs")


@dataclass(frozen=True, slots=True)
class Wait:
    """What a case waits for.

    Attributes:
        key: id of the node in the model.
        kind: ``person``, ``action`` or ``decision``.
    """

    key: str
    kind: str


def compile_model(tree: etree._Element, process: str) -> str:
    """Compile one process of a parsed, checked model; returns what :func:`begin` takes.

    Raises:
        EngineError: the library cannot run it.
    """
    parser = _Parser()
    try:
        parser.add_bpmn_xml(tree)
        spec = parser.get_spec(process)
        subs = parser.get_subprocess_specs(process)
        workflow = BpmnWorkflow(spec, subs, script_engine=_Engine(_Environment({})))
        dumped = _SERIALIZER.to_dict(workflow)
    except (SpiffWorkflowException, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise EngineError(str(error)[:300]) from error
    return json.dumps({name: dumped[name] for name in _SPECS})


def begin(spec: str, functions: Functions, data: Mapping[str, Any]) -> Run:
    """Start a case; the run stands before its first wait after :meth:`Run.advance`."""
    loaded = json.loads(spec)
    main = _SERIALIZER.registry.restore(loaded["spec"])
    subs = {key: _SERIALIZER.registry.restore(one) for key, one in loaded["subprocess_specs"].items()}
    workflow = BpmnWorkflow(main, subs, script_engine=_Engine(_Environment(functions)))
    workflow.task_tree.data.update(_plain(dict(data)))
    for task in workflow.get_tasks(state=TaskState.READY):
        task.data.update(_plain(dict(data)))
    return Run(workflow)


def resume(spec: str, state: str, functions: Functions) -> Run:
    """Go on with a case from what :meth:`Run.dump` gave."""
    whole = {**json.loads(state), **json.loads(spec)}
    workflow = _SERIALIZER.from_dict(whole)
    workflow.script_engine = _Engine(_Environment(functions))
    return Run(workflow)


class Run:
    """A case in the hands of the engine, for the length of one unit of work."""

    def __init__(self, workflow: BpmnWorkflow) -> None:
        self._workflow = workflow

    def advance(self) -> None:
        """Do what needs nobody, until the next waits.

        Raises:
            EngineError: a condition or script failed, or the model runs in a circle.
        """
        steps = 0

        def count(_task: Any) -> None:
            nonlocal steps
            steps += 1
            if steps > _MOST_STEPS:
                raise EngineError(str(_("The process runs in a circle without anybody deciding.")))

        try:
            self._workflow.do_engine_steps(will_complete_task=count)
        except closed.ClosedError as error:
            raise EngineError(str(error)) from error
        except WorkflowTaskException as error:
            cause = error.__cause__ or error.__context__ or error
            inner = getattr(error, "exception", None)
            told = next((one for one in (inner, cause) if isinstance(one, closed.ClosedError)), cause)
            raise EngineError(str(told)[:300]) from error
        except SpiffWorkflowException as error:
            raise EngineError(str(error)[:300]) from error

    def waits(self) -> list[Wait]:
        """What it waits for now, in the order it got there; timers stand in :meth:`due`."""
        found = []
        for task in self._ready():
            spec = task.task_spec
            kind = (
                "action" if isinstance(spec, ActionTask) else "decision" if isinstance(spec, DecisionTask) else "person"
            )
            found.append(Wait(str(spec.bpmn_id), kind))
        return found

    def _ready(self) -> list[Any]:
        tasks = [task for task in self._workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        for sub in self._workflow.get_active_subprocesses():
            tasks += [task for task in sub.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        known: dict[Any, Any] = {task.id: task for task in tasks}
        return sorted(known.values(), key=lambda task: task.last_state_change)

    def data_at(self, key: str) -> dict[str, Any]:
        """Task data at a wait."""
        return dict(next((task.data for task in self._ready() if task.task_spec.bpmn_id == key), {}))

    def complete(self, key: str, data: Mapping[str, Any]) -> None:
        """Answer a wait.

        Raises:
            EngineError: the case does not wait there.
        """
        task = next((one for one in self._ready() if one.task_spec.bpmn_id == key), None)
        if task is None:
            raise EngineError(str(_("The case does not wait at this step any more.")))
        task.data.update(_plain(dict(data)))
        task.run()

    @property
    def ended(self) -> bool:
        """True when nothing can happen any more."""
        return bool(self._workflow.completed)

    @property
    def data(self) -> dict[str, Any]:
        """Task data of the latest step, at the end that of the whole case."""
        last = self._workflow.last_task
        return dict(self._workflow.data) or (dict(last.data) if last is not None else {})

    def due(self) -> datetime | None:
        """When the earliest timer of the model runs out."""
        moments = []
        for task in self._workflow.event_manager.tasks.values():
            value = task.internal_data.get("event_value")
            text = value.get("next") if isinstance(value, dict) else value
            if isinstance(text, str):
                try:
                    moments.append(datetime.fromisoformat(text).astimezone(UTC))
                except ValueError:
                    continue
        return min(moments, default=None)

    def positions(self) -> list[str]:
        """Ids of the nodes where it stands, for the picture."""
        mask = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        found = list(self._workflow.get_tasks(state=mask))
        for sub in self._workflow.get_active_subprocesses():
            found += list(sub.get_tasks(state=mask))
        ids = [getattr(task.task_spec, "bpmn_id", None) for task in found]
        return [one for one in dict.fromkeys(ids) if one]

    def passed(self) -> list[str]:
        """Ids of the nodes it went through."""
        found = list(self._workflow.get_tasks(state=TaskState.COMPLETED))
        ids = [getattr(task.task_spec, "bpmn_id", None) for task in found]
        return [one for one in dict.fromkeys(ids) if one]

    def dump(self) -> str:
        """What is kept of it, without the compiled model."""
        whole = _SERIALIZER.to_dict(self._workflow)
        return json.dumps({key: value for key, value in whole.items() if key not in _SPECS}, separators=(",", ":"))
