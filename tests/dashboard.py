"""A real dashboard for a test, started quickly.

`streamlit run app.py` takes two seconds of a processor, and all but half a second is importing. So each worker has one
process that has imported what a dashboard imports and does nothing else; a dashboard is forked from it and runs that very
command, with arguments, environment, folder and output of its own. The command as it is typed is started by
`test_deploy.py`.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "streamlit.web.cli",
        "streamlit.web.server.starlette.starlette_app",
        "hubdata.server",
        "hubdata.inbox",
        "hubdata.ui",
    ]
)


class Dashboard(FORKS.Process):  # type: ignore[name-defined,misc]
    """`streamlit run app.py ARGUMENTS`; with as much of `subprocess.Popen` as the tests ask for."""

    def __init__(self, arguments: list[str], environment: dict[str, str], said: Path) -> None:
        super().__init__(daemon=True)
        self.arguments, self.environment, self.said = arguments, environment, said
        # A page that a test ran without a server stays behind as Python's main script, which a fork would run first.
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            self.start()
        finally:
            sys.modules["__main__"] = main

    def run(self) -> None:
        """What the process does."""
        os.chdir(ROOT)
        os.environ.clear()
        os.environ.update(self.environment)
        with self.said.open("ab") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
        sys.path.insert(0, str(ROOT))
        sys.argv = ["streamlit", "run", "app.py", *self.arguments]
        from streamlit.web.cli import main

        main(prog_name="streamlit")

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, timeout: float) -> None:
        self.join(timeout)
        if self.is_alive():
            raise TimeoutError(f"the dashboard did not end in {timeout} seconds")
