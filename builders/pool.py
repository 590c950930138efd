"""Worker processes that end with their parent, whatever kills it.

A worker reports every row, so it notices at the next one that nobody listens any more, and cleans up; should that take
long, it is ended. A worker that dies is an error, not an endless wait.
"""

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

from gameqa.core.errors import GameQAError

GRACE = 1.0
"""Seconds a worker without parent has for cleaning up."""

Job = TypeVar("Job")

Work = Callable[[Job, Callable[[], None]], None]
"""Does one job and calls its second argument after every row."""


def run(
    jobs: Sequence[Job],
    work: Work[Job],
    workers: int,
    on_row: Callable[[], None],
    on_job: Callable[[Job], None] = lambda job: None,
) -> None:
    """Do all jobs; with one worker in this process, else in spawned ones.

    Args:
        jobs: what to do; picklable.
        work: a picklable function; an error it raises ends the run and is raised here.
        workers: number of processes.
        on_row: called for every row made.
        on_job: called with every job that is done.

    Raises:
        GameQAError: a worker died.
    """
    if min(workers, len(jobs)) <= 1:
        for job in jobs:
            work(job, on_row)
            on_job(job)
        return
    waiting = iter(jobs)
    crew: dict[Any, SpawnProcess] = {}
    doing: dict[Any, Job] = {}
    try:
        with ctrl_c_ignored():
            for _ in range(min(workers, len(jobs))):
                link, process = _start(work)
                crew[link] = process
        for link in crew:
            doing[link] = next(waiting)
            link.send(doing[link])
        while crew:
            ready: list[Any] = wait([*crew])
            for link in ready:
                if not _receive(link, crew[link], on_row):
                    continue
                on_job(doing[link])
                for job in waiting:
                    doing[link] = job
                    link.send(job)
                    break
                else:
                    link.close()  # which ends the worker
                    crew.pop(link).join()
    finally:
        for process in crew.values():
            process.terminate()
        for process in crew.values():
            process.join()


def _start(work: Work[Any]) -> tuple[Any, SpawnProcess]:
    context = get_context("spawn")
    link, end = context.Pipe()
    process = context.Process(target=_worker, args=(end, work), daemon=True)
    process.start()
    end.close()
    return link, process


def _receive(link: Any, process: SpawnProcess, on_row: Callable[[], None]) -> bool:
    """Read one message of a worker; return whether its job is done."""
    try:
        message = link.recv()
    except (EOFError, ConnectionError):
        process.join()
        raise GameQAError(
            f"a worker process died (exit code {process.exitcode}), perhaps for want of memory; run again with"
            " fewer workers, finished files are kept"
        ) from None
    if isinstance(message, Exception):
        raise message
    if message == "row":
        on_row()
    return message == "done"


def _worker(link: Any, work: Work[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            job = link.recv()
            try:
                work(job, lambda: link.send("row"))
            except Exception as error:
                error.add_note(f"In a worker process:\n{traceback.format_exc()}")
                link.send(error)
            else:
                link.send("done")
    except (EOFError, ConnectionError):
        return  # the parent has hung up, or is gone


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        time.sleep(GRACE)
        os._exit(1)


@contextmanager
def ctrl_c_ignored() -> Iterator[None]:
    """Let processes started within ignore Ctrl-C from their first moment on; the parent ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
