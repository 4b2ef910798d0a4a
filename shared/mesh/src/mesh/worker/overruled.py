"""`celery control rate_limit|time_limit`: of a message they say what does what was meant.

Celery's would answer "ok" and change nothing of what travels in chunks: that meets neither its buckets nor
its timers. On a service's private tasks they work.
"""

from typing import Any

from celery.worker import control

_RATE = "a message has no rate of its own. Of mails: rate= in SMTP_URL, BULK_RATE. All of a lane: `{} switch`"
_TIME = "a message's time limit stands with its handler: time_limit= in {}/tasks.py"

Reply = dict[str, str]


def register() -> None:
    """Answer these commands in Celery's place."""
    told = control.Panel.register
    for command in (rate_limit, time_limit):
        known = control.Panel.meta[command.__name__]
        told(command, type="control", args=known.args, signature=known.signature)


def rate_limit(state: Any, task_name: str, rate_limit: str, **more: Any) -> Reply:
    """Tell worker(s) to modify the rate limit of a private task."""
    if _is_message(state, task_name):
        return _refused(state, task_name, _RATE)
    reply: Reply = control.rate_limit(state, task_name, rate_limit, **more)
    return reply


def time_limit(
    state: Any,
    task_name: str | None = None,
    hard: float | None = None,
    soft: float | None = None,
    **more: Any,
) -> Reply:
    """Tell worker(s) to modify the time limits of a private task."""
    if _is_message(state, task_name):
        return _refused(state, str(task_name), _TIME)
    reply: Reply = control.time_limit(state, task_name, hard, soft, **more)
    return reply


def _is_message(state: Any, name: str | None) -> bool:
    return name in state.app.mesh.service.consumer.handlers


def _refused(state: Any, name: str, why: str) -> Reply:
    reply: Reply = control.nok(f"{name}: {why.format(state.app.mesh.service.name)}")
    return reply
