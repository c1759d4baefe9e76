"""Several processes that serve the same address: begun, watched over and stopped together.

Python runs one thread at a time, so one process serves as many pages as one core can make. Those
that are begun here share the sockets that listen; the system gives each connection to one of them.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from threading import Thread
from typing import Final, NoReturn

from formsvc.errors import FormsvcError

log = logging.getLogger(__name__)

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)


class OneProcessOnly(FormsvcError):
    """The machine cannot divide a process in two."""


def run(number: int, listening: list[socket], serve: Callable[[], None]) -> None:
    """Let so many processes serve until SIGTERM or SIGINT; one that dies is replaced.

    :param listening: the sockets that they share
    :raises OneProcessOnly: on Windows
    """
    if not hasattr(os, "fork"):
        raise OneProcessOnly(
            "--processes needs a machine with fork(), such as Linux. Leave it out."
        )
    Team(listening, serve).run(number)


class Team:
    """The first process, which serves nobody: it holds the others together."""

    def __init__(self, listening: list[socket], serve: Callable[[], None]) -> None:
        self._listening = listening
        self._serve = serve
        self._members: set[int] = set()
        self._stopping = False
        #: the others read from it, and read its end when this process is no more
        self._life, self._held = os.pipe()

    def run(self, number: int) -> None:
        """Begin them, and replace those that die, until told to stop."""
        for each in STOPPING:
            signal.signal(each, self._stop)
        for _member in range(number):
            self._begin()
        while self._members:
            ended, status = os.wait()
            self._members.discard(ended)
            if not self._stopping:
                code = os.waitstatus_to_exitcode(status)
                log.error("process %d ended with %d: another one is begun", ended, code)
                time.sleep(1)  # one that cannot even begin must not keep the machine busy
                self._begin()

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True
        for each in self._listening:
            each.close()  # held open here, it would let people in that nobody serves
        for member in self._members:
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(member, signal.SIGTERM)

    def _begin(self) -> None:
        # a signal between fork() and the note of it would leave one process that nobody stops
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            if self._stopping:
                return
            member = os.fork()
            if member == 0:
                self._work()
            self._members.add(member)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def _work(self) -> NoReturn:
        code = 1
        try:
            os.close(self._held)
            for each in STOPPING:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
            Thread(target=self._follow, name="follow", daemon=True).start()
            self._serve()
            code = 0
        except FormsvcError as error:
            log.error("%s", error)  # noqa: TRY400 - its words are the mend
        except BaseException as error:
            log.error("a process ended: %s", type(error).__name__)  # noqa: TRY400 - no content
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _follow(self) -> None:
        """Stop when the first process is no more: nobody would stop this one then."""
        os.read(self._life, 1)
        os.kill(os.getpid(), signal.SIGTERM)
