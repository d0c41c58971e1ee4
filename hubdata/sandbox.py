"""A function in a process of its own: a limit on its memory, a clock, no network, no other programs, nothing written.

Files as people send them are read here. One that was made to fill the memory, to be read for ever or to crash a library
ends this process and nothing else; the server goes on and says what happened. Files that leave are written here, since
that takes seconds in which no page would be made.

Starting Python with all that reading or writing needs takes a second. So one process per program has imported it (and
has done `get_ready` of the module, where there is one) and waits; each task is a fork of that one: some milliseconds.
It ends when the program ends.
"""

import contextlib
import ctypes
import io
import os
import pickle  # nosec B403: what two processes of ours tell each other, as multiprocessing does
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

NICENESS = 10
"""Whoever looks at a page goes before whoever waits for a file."""
FORBIDDEN_CALLS = {
    "x86_64": (0xC000003E, (41, 59, 101, 322, 425)),
    "aarch64": (0xC00000B7, (198, 221, 117, 281, 425)),
}
"""Machine -> its number for the kernel (`AUDIT_ARCH_*`), and its numbers of `socket`, `execve`, `ptrace`, `execveat`
and `io_uring_setup`: what could reach the network or another program."""


class Limits(NamedTuple):
    """What one task may take."""

    megabytes: int
    """Of memory, above what the waiting process has."""
    seconds: int


class Ended(Exception):
    """The process ended before it had an answer. `step` is the last it reported.

    `why` is `time`, or `memory`: memory that a library is refused mostly ends it as a crash does, so the two are one.
    """

    def __init__(self, why: str, step: str) -> None:
        super().__init__(f"{why}: {step}")
        self.why, self.step = why, step


Report = Callable[[str], None]
"""Says what a task is busy with, such as the name of a file."""


class Waiting:
    """A process that has imported a module and waits to be forked; it starts with the first task."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self._starting = threading.Lock()

    def fork(self) -> Connection:
        """The end of a channel to a new process that waits for a task."""
        ours, theirs = socket.socketpair()
        with theirs, self._starting:
            for _attempt in range(2):
                if self.control is None:
                    self.process, self.control = _start(self.module)
                try:
                    socket.send_fds(self.control, [b"."], [theirs.fileno()])
                    return Connection(ours.detach())
                except ConnectionError:  # somebody ended it
                    self.control = None
        ours.close()
        raise OSError("no process for files can be started")


READING = Waiting("hubdata.loading")
"""What reads files."""


def run(
    task: Callable[..., Any],
    *arguments: Any,
    limits: Limits,
    report: Report = lambda step: None,
    waiting: Waiting | None = None,
) -> Any:
    """What `task(*arguments, report)` returns, done in a process of its own, a fork of `waiting` (or of what reads).

    `task` is a function of a module; arguments and answer are pickled. What it raises is raised here. Raises `Ended`
    when it went over its limits.
    """
    step, start, contents = "", time.monotonic(), _contents(arguments)
    with (waiting or READING).fork() as channel:
        try:
            channel.send((task, arguments, limits))
            while True:
                kind, value = _Reader(io.BytesIO(channel.recv_bytes()), contents).load()
                match kind:
                    case "step":
                        step = value
                        report(step)
                    case "answer":
                        return value
                    case "error":
                        raise value
        except (EOFError, ConnectionError):
            raise Ended("time" if time.monotonic() - start >= limits.seconds else "memory", step) from None


# --- what goes to and fro ----------------------------------------------------------------------------------------


def _contents(arguments: tuple[Any, ...]) -> list[bytes]:
    """The contents of files among arguments, in order. An answer names these by their number: they are long."""
    of_files = (argument.values() for argument in arguments if isinstance(argument, Mapping))
    return [content for contents in of_files for content in contents if isinstance(content, bytes)]


class _Writer(pickle.Pickler):
    """Writes an answer, without the contents that were handed in."""

    def __init__(self, file: io.BytesIO, contents: list[bytes]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._numbers = {id(content): number for number, content in enumerate(contents)}

    def persistent_id(self, thing: Any) -> int | None:
        return self._numbers.get(id(thing)) if isinstance(thing, bytes) else None


class _Reader(pickle.Unpickler):
    """Reads an answer, with the contents that were handed in."""

    def __init__(self, file: io.BytesIO, contents: list[bytes]) -> None:
        super().__init__(file)
        self._contents = contents

    def persistent_load(self, number: int) -> bytes:
        return self._contents[number]


# --- the process that waits -----------------------------------------------------------------------------------------


def _start(module: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the process that waits."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # The system's allocator asks the kernel for what is needed, so that the limit on memory means just that.
        environment = os.environ | {
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "MALLOC_ARENA_MAX": "2",
            "MALLOC_MMAP_THRESHOLD_": "1000000",  # what is large goes back to it as soon as it is free
            "OPENBLAS_NUM_THREADS": "1",
        }
        path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), environment.get("PYTHONPATH"))))
        waiting = subprocess.Popen(
            [sys.executable, "-m", "hubdata.sandbox", module],
            stdin=theirs.fileno(),
            env=environment | {"PYTHONPATH": path},
        )
    return waiting, ours


def main() -> None:
    """Wait, and fork for each channel that comes in, until the program that started this one has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for that program
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks, so the kernel may forget them
    control = socket.socket(fileno=os.dup(0))
    getattr(import_module(sys.argv[1]), "get_ready", lambda: None)()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _do(descriptors[0])
            os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def _do(descriptor: int) -> None:
    """Do one task, in the fork."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Connection(descriptor) as channel:
        task, arguments, limits = channel.recv()
        contents = _contents(arguments)
        _confine(limits)

        def send(kind: str, value: Any) -> None:
            message = io.BytesIO()
            _Writer(message, contents).dump((kind, value))
            channel.send_bytes(message.getbuffer())

        try:
            send("answer", task(*arguments, lambda step: send("step", step)))
        except Exception as error:
            if not isinstance(error, MemoryError) and "OutOfMemory" not in type(error).__name__:  # that one is DuckDB's
                send("error", error)


# --- the limits -----------------------------------------------------------------------------------------------------


def _confine(limits: Limits) -> None:
    """Take away what reading a file does not need, for ever. Linux does all of it; elsewhere what the system can."""
    with contextlib.suppress(OSError):  # a service may not be allowed to
        os.nice(NICENESS)
    with contextlib.suppress(OSError):  # when the machine has no memory left, this process goes and not the server
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    # Without a handler the kernel ends the process, also in the middle of a library that does not look up.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + limits.megabytes * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _forbid_calls()


def _data_bytes() -> int:
    """What counts for `RLIMIT_DATA` so far."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # not Linux
        return 0
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))


def _forbid_calls() -> None:
    """Let the kernel refuse calls that reach the network or another program (seccomp, Linux 3.17 and later)."""
    machine = FORBIDDEN_CALLS.get(platform.machine())
    if not sys.platform.startswith("linux") or machine is None:
        return
    architecture, calls = machine
    load, jump_if_equal, jump_if_greater, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse, end = 0x7FFF0000, 0x00050000 | 13, 0x80000000  # 13: EACCES, "permission denied"
    steps = [(load, 0, 0, 4), (jump_if_equal, 1, 0, architecture), (answer, 0, 0, end), (load, 0, 0, 0)]
    steps += [(jump_if_greater, len(calls) + 1, 0, 0x40000000)]  # calls by their numbers on another kind of processor
    steps += [(jump_if_equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(answer, 0, 0, allow), (answer, 0, 0, refuse)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    no_new_privileges, set_filter, by_filter = 38, 22, 2
    if prctl(no_new_privileges, 1, 0, 0, 0) == 0:
        prctl(set_filter, by_filter, program, 0, 0)


if __name__ == "__main__":
    main()
