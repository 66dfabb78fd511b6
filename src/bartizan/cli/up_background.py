"""What `bartizan up` does beside the console: assessments and webhooks, in a process that no page waits for."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path

from bartizan.cli.output import say
from bartizan.console.assessing import Assessor
from bartizan.console.begin import Started, services_of
from bartizan.console.following import when_parent_ends
from bartizan.console.hook_notices import Noticer
from bartizan.console.hooks import Deliverer
from bartizan.console.identity.sessions import person_of
from bartizan.console.importing import Importer
from bartizan.console.measuring import summed_up, watch_due
from bartizan.console.sandboxing import settle
from bartizan.console.services import Services, sql_register
from bartizan.console.watch import print_log
from bartizan.govern.roles import Person
from bartizan.guard.gateway.serve import READ_AGAIN
from bartizan.model import BartizanError
from bartizan.store.register import Unavailable
from bartizan.store.register.hooks import Hooks
from bartizan.store.register.imports import ImportLog
from bartizan.store.register.people import People

__all__ = ["background"]

_LOOK_AGAIN = 2.0
"""Seconds between looks at which systems have changed since they were assessed."""
_SETTLE = 60.0
"""Seconds between looks at which sandboxes have ended."""
_SECONDS = 10.0
_AGAIN = 5.0
"""Seconds until it is started again, if something has ended it."""
_OF_TERMINALS = {signal.SIGINT, *([READ_AGAIN] if READ_AGAIN is not None else [])}
"""Signals that everything at a terminal hears: Ctrl-C, and that it was closed."""


@contextmanager
def background(started: Started) -> Iterator[None]:
    """Keep assessments, webhooks and imports going until the end of the block; if their process ends, start another."""
    ending = threading.Event()
    process = _begin(started)
    keeper = threading.Thread(target=_keep, args=(started, process, ending), name="background")
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep(started: Started, process: BaseProcess, ending: threading.Event) -> None:
    while not ending.wait(0.2):
        if process.is_alive():
            continue
        say("what assesses systems and delivers webhooks has ended; it is started again")
        if ending.wait(_AGAIN):
            return
        process = _begin(started)
    process.terminate()
    process.join(_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _begin(started: Started) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(started,), name="background")
    # What a terminal says is for the console, which ends this process: it must not hear it, also while it starts.
    resource_tracker.ensure_running()  # what is begun with the first process would take the mask away
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_TERMINALS) if hasattr(signal, "pthread_sigmask") else None
    try:
        process.start()
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return process


def _opened(started: Started, ended: threading.Event) -> Services | None:
    """Open the register, waiting for a database that is away; None when the process has to end before it is back."""
    while not ended.is_set():
        try:
            services = services_of(started)
            services.register.assessments.stale()  # another version may find more; what comes out the same costs little
        except Unavailable as error:
            say(f"what assesses systems and delivers webhooks waits: {error.message}")
            ended.wait(_AGAIN)
        else:
            return services
    return None


def _settle(services: Services) -> None:
    """Bring what has ended at the gateway, or by its time, into the register; what fails is told, and tried again."""
    try:
        settle(services)
    except BartizanError as error:
        say(f"sandboxes that have ended aren't noted yet: {error.message}")


def _person(people: People, id: str) -> Person | None:
    """Return somebody with the rights of this moment, None for one who may not sign in any more."""
    record = people.get(id)
    return person_of(record) if record is not None and not record.disabled else None


def _left_alone(metrics: Path | None, ended: threading.Event) -> None:
    """End, and take away what the console that was killed can't take away any more."""
    ended.set()
    if metrics is not None:
        shutil.rmtree(metrics, ignore_errors=True)


def _work(started: Started) -> None:
    """Assess systems and deliver webhooks until the process is told to end, or the console is gone."""
    print_log()
    ended = threading.Event()
    for said in _OF_TERMINALS:
        signal.signal(said, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    when_parent_ends(partial(_left_alone, started.metrics, ended))
    services = _opened(started, ended)
    if services is None:
        return
    services = summed_up(services, started.metrics, "background")
    watch_due(services, ended)
    hooks = Hooks(sql_register(services))
    noticer = Noticer(services, hooks)
    deliverer = Deliverer(services, hooks, private=services.private_webhooks, before=noticer.look)
    imports = Importer(services, ImportLog(sql_register(services)), partial(_person, People(sql_register(services))))
    workers = (Assessor(services, every=_LOOK_AGAIN), deliverer, imports)
    for worker in workers:
        worker.start()
    while not ended.wait(_SETTLE):
        _settle(services)
    for worker in workers:
        worker.stop()
    services.register.close()
