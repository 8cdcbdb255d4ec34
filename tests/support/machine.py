"""An interpreter of the state machine on virtual time: as much of ASL as the machine uses.

Time limits are Step Functions' own (``TimeoutSeconds`` of tasks and of the machine), waits are
whole seconds, and Retry draws its full jitter from the world's chance. What Step Functions bounds
is bounded here: the bytes of everything that goes into and out of a state, the events of an
execution, and the functions that Lambda lets run at once.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Invoke = Callable[[str, Any], Awaitable[Any]]

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_LARGEST = 256 * 1024  # bytes of a state's input, output or result, as JSON in UTF-8
_MOST_EVENTS = 25_000  # of one execution's history
_LONGEST_WAIT = 99_999_999  # seconds

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_BEYOND_ALL = ("States.DataLimitExceeded", "States.Runtime")  # States.ALL does not name these
THROTTLED = "Lambda.TooManyRequestsException"


class Failed(Exception):
    """An execution or a state that failed.

    Args:
        error: ASL's name of the error.
        cause: More words.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


class TimedOut(Failed):
    """An execution that met its machine's own time limit; nothing in it can catch that."""


@dataclass
class Execution:
    """One execution of the machine."""

    name: str
    input: Any
    status: str = "RUNNING"
    task: asyncio.Task[Any] | None = None
    visited: list[str] = field(default_factory=list)
    events: int = 1  # that it started

    def note(self, events: int) -> None:
        """Counts events of its history.

        Raises:
            Failed: It has more than Step Functions keeps; nothing can catch that.
        """
        self.events += events
        if self.events > _MOST_EVENTS:
            raise Failed("States.Runtime", "the execution's history is too long")


@dataclass
class Interpreter:
    """Runs executions.

    Args:
        definition: The machine, substitutions done.
        invoke: Calls a function by its ARN with a payload.
        chance: Draws the jitter of retries.
        throttled: Whether Lambda refuses a call because too many functions run; asked at each.
    """

    definition: Mapping[str, Any]
    invoke: Invoke
    chance: random.Random
    throttled: Callable[[], bool] = lambda: False

    async def run(self, value: Any, execution: Execution) -> Any:
        """Runs the whole machine.

        Raises:
            TimedOut: It met the machine's time limit.
            Failed: It ended in Fail, or in an error that nothing caught.
        """
        limit = self.definition["TimeoutSeconds"]
        try:
            async with asyncio.timeout(limit):
                return await self._walk(self.definition, value, execution)
        except TimeoutError:
            raise TimedOut("States.Timeout", f"longer than {limit} seconds") from None

    async def _walk(self, machine: Mapping[str, Any], value: Any, execution: Execution) -> Any:
        name = machine["StartAt"]
        while True:
            state = machine["States"][name]
            execution.visited.append(name)
            execution.note(1 if state["Type"] == "Fail" else 2)  # entered and exited
            _bounded(value, f"the input of {name}")
            match state["Type"]:
                case "Succeed":
                    return _output(state, value)
                case "Fail":
                    raise Failed(state["Error"], state.get("Cause", ""))
                case "Wait":
                    await asyncio.sleep(_seconds(_path(value, state["SecondsPath"])))
                    name = state["Next"]
                case "Choice":
                    name = _choose(state, value)
                case _:
                    value, name = await self._work(state, value, execution)
                    if not name:  # the state ends the execution
                        return value

    async def _work(
        self, state: Mapping[str, Any], value: Any, execution: Execution
    ) -> tuple[Any, str]:
        retries = [0] * len(state.get("Retry", ()))
        while True:
            execution.note(3)  # scheduled, started, ended
            try:
                result = await self._task(state, value)
                output = _output(state, _placed(state, value, result))
                return _bounded(output, "a state's output"), state.get("Next", "")
            except Failed as failure:
                wait = self._retry(state, failure, retries)
                if wait is not None:
                    await asyncio.sleep(wait)
                    continue
                caught = _caught(state, failure)
                if caught is None:
                    raise
                error = {"Error": failure.error, "Cause": failure.cause}
                return _bounded(_placed(caught, value, error), "a caught error"), caught["Next"]

    async def _task(self, state: Mapping[str, Any], value: Any) -> Any:
        parameters = _filled(state["Parameters"], value, {})
        # Step Functions and Lambda pass JSON text: nothing that is no JSON may come through.
        payload = json.loads(json.dumps(_bounded(parameters["Payload"], "a task's parameters")))
        if self.throttled():
            raise Failed(THROTTLED, "Rate Exceeded.")
        try:
            answer = await asyncio.wait_for(
                self.invoke(parameters["FunctionName"], payload), state["TimeoutSeconds"]
            )
        except TimeoutError:
            raise Failed("States.Timeout") from None
        answer = _bounded(json.loads(json.dumps(answer)), "a task's result")
        return _filled(state["ResultSelector"], {"Payload": answer}, {})

    def _retry(self, state: Mapping[str, Any], failure: Failed, retries: list[int]) -> float | None:
        for position, rule in enumerate(state.get("Retry", ())):
            if not _names(rule, failure):
                continue
            if retries[position] >= rule.get("MaxAttempts", 3):
                return None
            wait = rule.get("IntervalSeconds", 1) * rule.get("BackoffRate", 2) ** retries[position]
            wait = min(wait, rule.get("MaxDelaySeconds", wait))
            retries[position] += 1
            return self.chance.uniform(0, wait) if rule.get("JitterStrategy") == "FULL" else wait
        return None


def _names(rule: Mapping[str, Any], failure: Failed) -> bool:
    if failure.error in rule["ErrorEquals"]:
        return True
    return "States.ALL" in rule["ErrorEquals"] and failure.error not in _BEYOND_ALL


def _caught(state: Mapping[str, Any], failure: Failed) -> Mapping[str, Any] | None:
    return next((rule for rule in state.get("Catch", ()) if _names(rule, failure)), None)


def _seconds(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LONGEST_WAIT:
        raise Failed("States.Runtime", f"{value!r} is no whole number of seconds")
    return value


def _bounded(value: Any, what: str) -> Any:
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    if size > _LARGEST:
        raise Failed("States.DataLimitExceeded", f"{what} has {size:,} bytes")
    return value


def _output(state: Mapping[str, Any], value: Any) -> Any:
    path = state.get("OutputPath", "$")
    return {} if path is None else _path(value, path)


def _choose(state: Mapping[str, Any], value: Any) -> str:
    for rule in state["Choices"]:
        found = _path(value, rule["Variable"])
        if "StringEquals" in rule and found == rule["StringEquals"]:
            return str(rule["Next"])
        if "NumericGreaterThan" in rule and found > rule["NumericGreaterThan"]:
            return str(rule["Next"])
    return str(state["Default"])


def _path(value: Any, path: str, context: Any = None) -> Any:
    if path.startswith("$$"):
        value, path = context, path[1:]
    for part in path.removeprefix("$").strip(".").split("."):
        if part:
            try:
                value = value[part]
            except (KeyError, TypeError) as error:
                raise Failed("States.Runtime", f"{path} leads nowhere") from error
    return value


def _filled(template: Any, value: Any, context: Any) -> Any:
    if not isinstance(template, Mapping):
        return template
    filled = {}
    for name, each in template.items():
        if name.endswith(".$"):
            filled[name[:-2]] = _path(value, each, context)
        else:
            filled[name] = _filled(each, value, context)
    return filled


def _placed(state: Mapping[str, Any], value: Any, result: Any) -> Any:
    path = state.get("ResultPath", "$")
    if path is None:
        return value
    if path == "$":
        return result
    return {**value, path.removeprefix("$."): result}
