"""Work spread over processes: in order, with little in flight, and going on when one is killed.

``concurrent.futures`` gives up the whole pool when the system kills one process for want of
memory, and leaves processes behind when the program itself is killed. Here each process has a
pipe of its own: it ends when the pipe does, and what it was at is known and tried again.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Final, Generic, NamedTuple, TypeVar, cast

from formsvc.errors import BatchStopped
from formsvc.language import gettext as _

T = TypeVar("T")
R = TypeVar("R")

#: how far the fastest process may be ahead of the slowest, in chunks for each process
_AHEAD: Final = 4
#: so many deaths with nothing done between them are no chance
_MOST_DEATHS: Final = 25


class Work(NamedTuple, Generic[T, R]):
    """What is to be done with each task."""

    #: gives the function that does it, and clears up after it; entered once in each process
    ready: Callable[[], AbstractContextManager[Callable[[T], R]]]
    #: loads what every process needs
    warm: Callable[[], object]
    #: the result of a task whose process was killed, twice
    lost: Callable[[T], R]
    #: how many tasks a process is handed at a time
    chunk: int


def cores() -> int:
    """How many processes this machine runs at once."""
    allowed = getattr(os, "sched_getaffinity", None)  # where the system can tell
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def each(work: Work[T, R], tasks: Iterable[T], jobs: int) -> Iterator[R]:
    """The result of each task, in the order of the tasks.

    :param jobs: how many processes; with 1 all is done in this one.
    :raises BatchStopped: when processes die before they do anything.
    :raises Exception: what the work itself raises.
    """
    if jobs == 1:
        with _settled(work.warm), work.ready() as do:
            yield from map(do, tasks)
        return
    # a thread could hold a lock in the moment of the fork, and then nobody would open it again
    forks = sys.platform == "linux" and threading.active_count() == 1
    crew = _Crew(work, jobs, "fork" if forks else "spawn")
    try:
        with _settled(work.warm if forks else lambda: None):
            yield from _in_order(crew, tasks)
    finally:
        crew.dismiss()


@contextmanager
def _settled(warm: Callable[[], object]) -> Iterator[None]:
    """Load what stays, and let the garbage collector pass over it: it would cost 60 ms a time."""
    warm()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Chunk(NamedTuple, Generic[T]):
    first: int
    tasks: list[T]
    #: whether a process died over it before
    again: bool = False


class _Crew(Generic[T, R]):
    """Processes, started when there is work for them and replaced when they die."""

    def __init__(self, work: Work[T, R], jobs: int, method: str) -> None:
        self.work = work
        self._jobs = jobs
        self._method = method
        self._context = multiprocessing.get_context(method)
        self._processes: dict[Connection, multiprocessing.process.BaseProcess] = {}
        self._at_work: dict[Connection, _Chunk[T]] = {}
        self._deaths = 0

    @property
    def most_ahead(self) -> int:
        """How many tasks may be handed out before the first of them is done."""
        return _AHEAD * self.work.chunk * self._jobs

    @property
    def has_room(self) -> bool:
        return len(self._at_work) < self._jobs

    @property
    def is_idle(self) -> bool:
        return not self._at_work

    def hand_out(self, chunk: _Chunk[T]) -> None:
        """Give a chunk to a process that waits, or to a new one."""
        idle = next((pipe for pipe in self._processes if pipe not in self._at_work), None)
        pipe = idle or self._hire()
        self._at_work[pipe] = chunk
        with suppress(OSError):  # it has just died: its pipe ends, which ``finished`` sees
            pipe.send(chunk.tasks)

    def finished(self) -> Iterator[tuple[_Chunk[T], list[R] | None]]:
        """Wait until something is done: the chunks, with None for the results that died."""
        busy = list(self._at_work)
        for pipe in cast("list[Connection]", wait(busy) if busy else []):
            chunk = self._at_work.pop(pipe)
            try:
                results = pipe.recv()
            except (EOFError, OSError):
                self._bury(pipe)
                yield chunk, None
            else:
                if isinstance(results, Exception):
                    raise results
                self._deaths = 0
                yield chunk, results

    def dismiss(self) -> None:
        """Let all processes end what they are at, and go."""
        for pipe in self._processes:
            pipe.close()
        for process in self._processes.values():
            process.join(10)
            process.kill()
            process.join()

    def _hire(self) -> Connection:
        ours, theirs = self._context.Pipe()
        # a forked process inherits the pipes of the others, which would then never end
        inherited = [ours, *self._processes] if self._method == "fork" else []
        process = self._context.Process(  # type: ignore[attr-defined] # not of the base class
            target=_serve, args=(theirs, self.work.ready, inherited), daemon=True
        )
        process.start()
        theirs.close()
        self._processes[ours] = process
        return ours

    def _bury(self, pipe: Connection) -> None:
        pipe.close()
        self._processes.pop(pipe).join()
        self._deaths += 1
        if self._deaths >= _MOST_DEATHS:
            raise BatchStopped(
                _("Prosessene blir avbrutt før de får gjort noe. Har maskinen nok minne?")
            )


def _serve(
    pipe: Connection,
    ready: Callable[[], AbstractContextManager[Callable[[T], R]]],
    inherited: list[Connection],
) -> None:
    """What a process does: each chunk that comes through the pipe, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the one who hands out the work
    for other in inherited:
        other.close()
    with ready() as do, suppress(EOFError, OSError):
        while True:
            tasks = pipe.recv()
            pipe.send(_done(do, tasks))


def _done(do: Callable[[T], R], tasks: list[T]) -> list[R] | Exception:
    try:
        return [do(task) for task in tasks]
    except Exception as error:  # it is raised where the work was ordered
        return error


def _in_order(crew: _Crew[T, R], tasks: Iterable[T]) -> Iterator[R]:
    queue = _Queue(tasks, crew.work.chunk)
    results: dict[int, R] = {}
    told = 0  # how many results are given
    while True:
        while crew.has_room and (chunk := queue.take(told + crew.most_ahead)):
            crew.hand_out(chunk)
        queue.read_ahead()  # while the processes work
        while told in results:
            yield results.pop(told)
            told += 1
        if crew.is_idle and queue.is_empty:
            break
        for chunk, done in crew.finished():
            if done is not None:
                results |= enumerate(done, start=chunk.first)
            else:
                results |= queue.put_back(chunk, crew.work.lost)
    if queue.fault:
        raise queue.fault


class _Queue(Generic[T]):
    """The tasks that wait, in chunks; those over which a process died come first, one by one."""

    def __init__(self, tasks: Iterable[T], size: int) -> None:
        self._tasks = enumerate(tasks)
        self._size = size
        self._next: _Chunk[T] | None = None
        self._again: deque[_Chunk[T]] = deque()
        #: what the tasks themselves raised: told when all before it is done
        self.fault: Exception | None = None

    @property
    def is_empty(self) -> bool:
        return self._next is None and not self._again

    def take(self, limit: int) -> _Chunk[T] | None:
        """The next chunk, unless its first task has this number or a higher one."""
        if self._again:
            return self._again.popleft()
        self.read_ahead()
        if self._next is None or self._next.first >= limit:
            return None
        chunk, self._next = self._next, None
        return chunk

    def read_ahead(self) -> None:
        if self._next is not None or self.fault:
            return
        tasks: list[T] = []
        first = 0
        try:
            for number, task in islice(self._tasks, self._size):
                first = first if tasks else number
                tasks.append(task)
        except Exception as fault:  # raised again by the one who takes
            self.fault = fault
        self._next = _Chunk(first, tasks) if tasks else None

    def put_back(self, chunk: _Chunk[T], lost: Callable[[T], R]) -> dict[int, R]:
        """Let what a process died over be tried again, once; the result of what was already."""
        if chunk.again:
            return {chunk.first: lost(chunk.tasks[0])}
        singly = enumerate(chunk.tasks, start=chunk.first)
        self._again += [_Chunk(number, [task], again=True) for number, task in singly]
        return {}
