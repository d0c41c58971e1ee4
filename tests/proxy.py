"""A real nginx with the configuration that `deploy/` ships, for tests of one dashboard behind it and of several.

Of nginx.conf only ports, paths and the places of the logs are filled in.
"""

import datetime
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
NAME = "hub.example.org"


def needs(*programs: str) -> None:
    """Skip where a program is missing; where everything must pass, fail."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing} must be there")
    if missing:
        pytest.skip(f"without {missing}")


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def certificate(folder: Path) -> ssl.SSLContext:
    """A self-made certificate and key in `folder`; returns what trusts it and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*private))
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def fill(text: str, **filled: str) -> str:
    """The text with each key (a regular expression, by its name in `PLACES`) replaced. Each must be there."""
    for name, value in filled.items():
        text, count = re.subn(PLACES[name], value, text)
        assert count, f"nginx.conf has no {name}"
    return text


PLACES = {
    "plain": r"(?<=listen )80\b",
    "secure": r"(?<=listen )443\b",
    "redirect": rf"(?<=https://{NAME})(?=\$request_uri)",
    "upstream": r"(?<=127\.0\.0\.1:)8501",
    "certificates": r"/etc/nginx/tls",
    "access": r"/var/log/nginx",
}


@contextmanager
def nginx(
    folder: Path, secure: int, plain: int, upstream: int, more: str = "", second: int | None = None
) -> Iterator[None]:
    """nginx with the shipped file, as Debian and the image include it: between `http {` and `}`.

    With a `second` dashboard the lines for several are no comments any more.
    """
    shipped = (DEPLOY / "nginx.conf").read_text()
    if second:
        shipped, count = re.subn(r"(?m)^    #(?=hash |server 127)", "    ", shipped)
        assert count == 2
        shipped = shipped.replace("127.0.0.1:8502", f"127.0.0.1:{second}")
    shipped = fill(
        shipped,
        redirect=f":{secure}",
        plain=f"127.0.0.1:{plain}",
        secure=f"127.0.0.1:{secure}",
        upstream=str(upstream),
        certificates=str(folder),
        access=str(folder),
    )
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folders of tests are closed to others
    (folder / "main.conf").write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log info;\nevents {{}}\n"
        f"http {{\ninclude /etc/nginx/mime.types;\naccess_log {folder}/other.log;\n{temporary}{more}{shipped}}}\n"
    )
    running = subprocess.Popen(["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", "main.conf"])
    try:
        for _ in range(100):
            if running.poll() is not None:
                raise RuntimeError((folder / "error.log").read_text())
            try:
                socket.create_connection(("127.0.0.1", secure), timeout=1).close()
                break
            except OSError:
                threading.Event().wait(0.05)
        yield
    finally:
        running.send_signal(signal.SIGQUIT)
        running.wait(timeout=20)


@contextmanager
def name_settled() -> Iterator[None]:
    """The name is this machine's, as a name server would say."""
    really = socket.getaddrinfo

    def getaddrinfo(host: object, *rest: object, **more: object) -> object:
        return really("127.0.0.1" if host in (NAME, NAME.encode()) else host, *rest, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield
