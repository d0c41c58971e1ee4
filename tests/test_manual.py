"""docs/install.md as a colleague follows it: every command is run, in order, or it is said here why it cannot be.

What stands for the places of a server (`/opt`, `/var`, `/etc`) are folders of the test, the user is whoever runs it, and
the installed packages are those of the tests.
"""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from browser import free_port, wait_until_healthy
from conftest import ROOT
from test_deploy import needs

from hubdata import settings, sharing

MANUAL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
PASSWORD = "a long enough password"
CANNOT = {
    r"apt-get |useradd|userdel": "changes the packages and users of the machine",
    r"git clone|cd .* && git pull": "fetches the program: what is tested is this checkout",
    r"python3 -m venv|.*pip install": "downloads; tests/test_architecture.py looks at the lock file",
    r"systemctl|.*&& systemctl": "needs a booted systemd: the service is started by its own line instead",
    r"rm /etc/nginx/sites-enabled": "Debian's own file, which is not here",
    r"curl .*hub\.example\.org": "asks from another machine, through nginx: tests/test_deploy.py asks the same",
    r".*hubdocker|for image in": "needs a Docker engine",
    r"createuser|hub move|hub backup .*before\.zip": "needs PostgreSQL: tests/test_stores.py",
    r"FORWARDED_ALLOW_IPS=|STREAMLIT_SERVER_ADDRESS=": "two settings and no command: tests/test_deploy.py",
}
"""A pattern of commands that are not run -> why not. Of another kind there are none."""


def commands() -> list[str]:
    """Every line of every block with commands, without the remark behind it; a loop is one."""
    loop = r"(?m)^    for .*; do\n(?:      .*\n)+    done$"
    plain = re.sub(loop, lambda found: re.sub(r"\n +", " ", found[0]), MANUAL)
    lines = re.findall(r"(?m)^    (\S.*)$", re.sub(r"(?s)```.*?```", "", plain))
    return [re.split(r"\s{2,}#|\s{4,}# ", line)[0].strip() for line in lines]


def reason(command: str) -> str | None:
    """Why a command is not run here; None when it is."""
    return next((why for pattern, why in CANNOT.items() if re.match(pattern, command)), None)


class Machine:
    """Folders that stand for a server on which the manual is followed."""

    def __init__(self, root: Path) -> None:
        self.root, self.port, self.prelude = root, free_port(), ["set -euo pipefail"]
        self.program, self.home = root / "opt" / "impact-city", root / "var" / "lib" / "impact-city"
        for folder in ("etc/systemd/system", "etc/nginx/conf.d", "var/lib", "var/backups", "opt/impact-city/data"):
            (root / folder).mkdir(parents=True)
        shutil.copytree(ROOT / "deploy", self.program / "deploy", ignore=shutil.ignore_patterns("secrets"))
        shutil.copy(ROOT / "data" / "hub.toml", self.program / "data")
        for name in ("app.py", "hubdata", "pages", ".streamlit", "data/sample"):
            (self.program / name).symlink_to(ROOT / name)
        (self.program / ".venv").symlink_to(sys.prefix)
        for name in ("YOUR-CERTIFICATE", "YOUR-KEY"):
            (self.program / name).write_text(name)
        self.server: subprocess.Popen[bytes] | None = None

    def here(self, command: str) -> str:
        """A command with the places and the user of this machine."""
        command = re.sub(r"-[og] impact-city ", "", command).replace("runuser -u impact-city -- ", "")
        command = re.sub(r"(?<![\w.])/(opt|var|etc)(?=/)", lambda found: f"{self.root}/{found[1]}", command)
        command = re.sub(r"\d{4}-\d\d-\d\d\.zip", "$(date +%F).zip", command)
        if os.geteuid() != 0:
            command = re.sub(r"^chown .*", "true", command)
        return command.replace("127.0.0.1:8501", f"127.0.0.1:{self.port}")

    def run(self, command: str, typed: str = "") -> str:
        """What a command says; a failure shows what went wrong. What it defines holds for those after it."""
        written = self.here(command)
        script = "\n".join([*self.prelude, written])
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.program, input=typed, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        if command.startswith(("hub() ", "cd ")):
            self.prelude.append(written)
        return done.stdout

    def start(self) -> None:
        """As systemd does it: the line of the unit, with its environment and umask."""
        unit = (self.root / "etc" / "systemd" / "system" / "impact-city.service").read_text(encoding="utf-8")
        (line,) = re.findall(r"(?m)^ExecStart=(.*)$", unit)
        (environment,) = re.findall(r"(?m)^Environment=(.*)$", unit)
        line = self.here(line).replace("--server.port=8501", f"--server.port={self.port}")
        given = dict(pair.split("=", 1) for pair in shlex.split(self.here(environment)))
        with (self.root / "said.log").open("wb") as said:
            self.server = subprocess.Popen(
                shlex.split(line),
                cwd=self.program,
                env={"PATH": os.environ["PATH"], **given},
                stdout=said,
                stderr=said,
                umask=0o077,
            )
        wait_until_healthy(f"http://127.0.0.1:{self.port}", self.server, self.root / "said.log")

    def stop(self) -> None:
        if self.server:
            self.server.terminate()
            self.server.wait(timeout=20)
            self.server = None


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    needs("bash", "curl", "sed")
    before = dict.fromkeys(path for path in (ROOT / "deploy").iterdir())
    made = Machine(tmp_path)
    yield made
    with suppress(ProcessLookupError):
        made.stop()
    assert dict.fromkeys(path for path in (ROOT / "deploy").iterdir()) == before, "it touched the checkout itself"


def test_every_reason_is_needed_and_every_command_runs_in_order(machine: Machine) -> None:
    listed = commands()
    assert {reason(command) for command in listed} == {None, *CANNOT.values()}
    said: dict[str, str] = {}
    for command in listed:
        if command == "systemctl enable --now impact-city":
            machine.start()
            assert settings.read(machine.home).public_address == "https://hub.example.org"
        if command == "systemctl stop impact-city":
            machine.stop()
        if command.startswith("grep -h"):  # there is something to find when somebody guessed wrong
            (machine.home / "audit" / "2026-01-01.jsonl").write_text('{"what": "wrong password"}\n')
        if reason(command):
            continue
        typed = f"{PASSWORD}\n{PASSWORD}\n" if command == "hub password" else ""
        said[command] = machine.run(command, typed)
        if "/healthz" in command:
            check_what_runs(machine, said[command])
        if command.startswith("chmod 0400"):
            kept = (machine.program / "deploy" / "secrets").iterdir()
            rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept}
            assert rights == dict.fromkeys(("fullchain.pem", "privkey.pem", "secrets.toml"), 0o400)
        if command.startswith("sed 's/hub"):
            written = (machine.root / "etc" / "nginx" / "conf.d" / "impact-city.conf").read_text(encoding="utf-8")
            assert "server_name YOUR.NAME.HERE;" in written
            assert "hub.example.org" not in written
        if command.startswith("hub backup"):
            (backup,) = (machine.root / "var" / "backups" / "impact-city").iterdir()
            assert stat.S_IMODE(backup.stat().st_mode) == 0o600
            (machine.home / "snapshots").rename(machine.home / "lost")
        if command.startswith("hub restore"):
            assert "sample" in machine.run("hub history")
            check_links(machine)
    assert "wrong password" in next(text for command, text in said.items() if command.startswith("grep"))
    assert not machine.program.exists(), "and everything is removed"
    assert not machine.home.exists()
    assert not list((machine.root / "etc").rglob("*impact-city*"))


def check_what_runs(machine: Machine, answered: str) -> None:
    """A server that nobody comes in to without the password; what it wrote is its user's alone."""
    assert '"status":"ok"' in answered
    address = f"http://127.0.0.1:{machine.port}"
    with httpx.Client(base_url=address, headers={"Host": "hub.example.org"}) as somebody:
        assert somebody.get("/").status_code == 403
        login = {"headers": {"Origin": "https://hub.example.org"}, "data": {"secret": PASSWORD}}
        assert somebody.post("/login", **login).status_code == 303
    for path in machine.home.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def check_links(machine: Machine) -> None:
    """What the manual says of a link that leaked."""
    inline = {command.split()[2]: command for command in re.findall(r"`(hub share [^`]+)`", MANUAL)}
    assert set(inline) == {"list", "revoke", "create"}
    assert "/s/" in machine.run(inline["create"], f"{PASSWORD}\n{PASSWORD}\n")
    (link,) = sharing.links(machine.home)
    assert "for whom" in machine.run(inline["list"])
    machine.run(inline["revoke"].replace("ID", link.id))
    assert not sharing.by_id(machine.home, link.id)
