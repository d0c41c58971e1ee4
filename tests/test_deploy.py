"""The dashboard behind a real nginx, with the configuration that `deploy/` ships: TLS, headers, logs, limits.

Of nginx.conf only ports, paths and the places of the logs are filled in; of Dockerfile, compose.yaml and the systemd unit
is checked what can be without a Docker engine or a booted systemd, and their commands run as they are written. Of what is
asked by name, only the name is settled here: hub.example.org is this machine.
"""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import door
import httpx
import pytest
import yaml
from browser import CHROMIUM, FLAGS, menu_titles, new_window, settled, wait_until_healthy
from client import Client, Closed
from playwright.sync_api import sync_playwright
from proxy import DEPLOY, NAME, ROOT, certificate, free_ports, name_settled, needs, nginx

from hubdata import loading, settings, sharing
from hubdata.server.cookies import VIEWER_COOKIE
from hubdata.server.forms import MOST_BODY
from hubdata.server.guesses import UNKNOWN_LINKS
from hubdata.server.streamlit_internals import BackMsg
from hubdata.store.catalogue import Address

PASSWORD = "a long enough password"
UNKNOWN = "A" * 43
MEGABYTE = 1024 * 1024

ORGANISATIONS = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\n"
PARTNERSHIPS = "organisation_ids,start_date\na|b,2019-01-01\na|c,2019-01-01\n"


# --- what runs --------------------------------------------------------------------------------------------------------


def dockerfile(instruction: str) -> list[str]:
    """What an instruction of the Dockerfile says, each time it is there; lines that go on are one."""
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [" ".join(line.split()[1:]) for line in lines if line.split()[:1] == [instruction]]


def command(port: int) -> list[str]:
    """How the image starts the dashboard, on another port."""
    said = [part.replace("8501", str(port)) for part in json.loads(dockerfile("CMD")[-1])]
    assert said[0] == "streamlit"
    return [sys.executable, "-m", *said]


@contextmanager
def dashboard(home: Path, port: int, log: Path, env: dict[str, str] | None = None) -> Iterator[None]:
    with log.open("wb") as out:
        server = subprocess.Popen(
            command(port), cwd=ROOT, env=os.environ | {"HUBDATA_HOME": str(home)} | (env or {}), stdout=out, stderr=out
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


class Site(NamedTuple):
    """A dashboard behind nginx."""

    home: Path
    folder: Path
    """The logs: access.log, error.log and other.log of nginx, dashboard.log."""
    secure: int
    plain: int
    upstream: int
    tls: ssl.SSLContext

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.secure}"

    def client(self) -> Client:
        return Client(self.address, tls=self.tls)

    def link(self, **asked: object) -> tuple[sharing.Link, str]:
        return sharing.create(self.home, settings.read(self.home), label="test", **asked)  # type: ignore[arg-type]

    def viewer(self, **asked: object) -> Client:
        client = self.client()
        assert client.http.get(f"/s/{self.link(**asked)[1]}").status_code == 303
        client.http.get("/_stcore/health")
        return client

    def visit(self, path: str, source: str, headers: dict[str, str] | None = None) -> int:
        """The status that somebody from another network gets."""
        with httpx.Client(transport=httpx.HTTPTransport(verify=self.tls, local_address=source)) as http:
            return http.get(self.address + path, headers=headers).status_code

    def audit(self) -> str:
        return "".join(path.read_text() for path in sorted((self.home / "audit").glob("*.jsonl")))


@contextmanager
def site(folder: Path, *, env: dict[str, str] | None = None, more: str = "") -> Iterator[Site]:
    needs("nginx")
    home = folder / "home"
    home.mkdir()
    secure, plain, upstream = free_ports(3)
    (home / "hub.toml").write_text(f'public_address = "https://{NAME}:{secure}"\n')
    files = {"organisations.csv": ORGANISATIONS.encode(), "partnerships.csv": PARTNERSHIPS.encode()}
    assert loading.load(home, settings.read(home), files).manifest
    tls = certificate(folder)
    with (
        dashboard(home, upstream, folder / "dashboard.log", env),
        nginx(folder, secure, plain, upstream, more),
    ):
        yield Site(home, folder, secure, plain, upstream, tls)


@pytest.fixture(scope="module", autouse=True)
def _name_of_the_hub() -> Iterator[None]:
    with name_settled():
        yield


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def logged_in(served: Site) -> Iterator[Client]:
    """The manager, who came in with a password through the proxy; afterwards there is no password again."""
    sharing.set_password(served.home, PASSWORD)
    with served.client() as client:
        answer = client.http.post("/login", data={"secret": PASSWORD}, headers={"Origin": served.address})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        client.http.get("/_stcore/health")
        yield client
    (served.home / "manager.password").unlink()


def is_strangers(answer: httpx.Response) -> bool:
    """Whether this is the page for strangers, which the gate makes itself, without scripts or data."""
    return "default-src 'none'" in answer.headers["content-security-policy"] and "Anna" not in answer.text


# --- the journey of a viewer ------------------------------------------------------------------------------------------


def test_a_viewer_comes_in_looks_and_downloads(served: Site) -> None:
    with served.client() as viewer:
        _link, token = served.link(pages=("overview", "network"), downloads=True)
        answer = viewer.http.get(f"/s/{token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        (cookie,) = (cookie for cookie in viewer.http.cookies.jar if cookie.name == f"__Host-{VIEWER_COOKIE}")
        assert cookie.secure
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert "SameSite=lax" in answer.headers["set-cookie"]
        assert viewer.http.get("/").status_code == 200
        viewer.http.get("/_stcore/health")
        with viewer.connect() as session:
            seen = session.run("network", query="lang=en")
            assert set(seen.menu) == {"overview", "network"}
            assert "Anna" in seen.text
            button = next(iter(session.change("behind_picture", True).deferred))
            downloaded = session.download(button)
            assert downloaded.status_code == 200
            assert downloaded.headers["content-disposition"].startswith("attachment")
            assert "no-store" in downloaded.headers["cache-control"]


def test_a_link_that_ends_closes_the_tab_through_the_proxy(served: Site) -> None:
    link, token = served.link()
    with served.client() as viewer:
        viewer.http.get(f"/s/{token}")
        with viewer.connect() as session:
            session.run("", query="lang=en")
            sharing.revoke(served.home, link.id)
            with pytest.raises(Closed):
                session.during(10)
            assert session.seen.redirects == ["/?lang=en"]
        assert is_strangers(viewer.http.get("/"))


def test_a_browser_comes_in_over_tls(served: Site) -> None:
    if CHROMIUM is None:
        needs("chromium")
    _link, token = served.link(pages=("overview", "network"), language="en")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = new_window(browser, ignore_https_errors=True).new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        settled(page, f"{served.address}/s/{token}")
        assert page.url.startswith(f"{served.address}/?lang=en")
        assert len(menu_titles(page)) == 2
        (cookie,) = (one for one in page.context.cookies() if one["name"] == f"__Host-{VIEWER_COOKIE}")
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
        assert said == []
        browser.close()


def test_a_long_message_over_the_websocket_passes(served: Site) -> None:
    with served.viewer() as viewer, viewer.connect() as session:
        session.run("", query="lang=en")
        message = session.tab.rerun()
        message.rerun_script.widget_states.widgets.add(id="long", string_value="x" * 8 * MEGABYTE)
        session.send(message)
        assert session.until("script_finished").messages


# --- who is not let in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": ""},
        {"X-Forwarded-For": "127.0.0.1, 127.0.0.1", "X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;host=localhost;proto=http"},
        {"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "http"},
        {"X-Hub-Principal": "manager"},
        {"Connection": "X-Forwarded-For, X-Forwarded-Proto"},
        {"Connection": "close, X-Forwarded-For", "X-Forwarded-For": "127.0.0.1"},
        {"Via": "1.1 localhost"},
    ],
    ids=str,
)
def test_nobody_is_manager_through_the_proxy(served: Site, headers: dict[str, str]) -> None:
    """No door is configured, but others are meant to come: nobody is a manager, and this machine is told why."""
    direct = httpx.get(f"http://127.0.0.1:{served.upstream}/")
    assert direct.status_code == 403
    assert is_strangers(direct)
    assert "hubdata password" in direct.text
    with served.client() as somebody:
        answer = somebody.http.get("/", headers=headers)
        assert answer.status_code == 403
        assert is_strangers(answer)
        headers = {name: value for name, value in headers.items() if name != "Connection"}
        with somebody.connect(headers=headers) as session:
            with suppress(Closed):
                session.send(BackMsg(app_heartbeat=True))
            with pytest.raises(Closed):
                session.during(5)
        assert session.seen.kinds == ["auth_redirect"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.1:8501", "evil.example", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_another_name_gets_no_answer(served: Site, scheme: str, host: str) -> None:
    port = served.secure if scheme == "https" else served.plain
    with httpx.Client(verify=served.tls) as http, pytest.raises(httpx.RemoteProtocolError):
        http.get(f"{scheme}://{NAME}:{port}/", headers={"Host": host})


def test_a_name_that_nobody_certified_gets_no_certificate(served: Site) -> None:
    with (
        socket.create_connection(("127.0.0.1", served.secure)) as plain,
        pytest.raises(ssl.SSLError, match=r"(?i)unrecognized"),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="evil.example")


def test_two_names_in_one_request_are_a_strangers(served: Site) -> None:
    """The first line names the hub, so nginx lets it pass; Host names this machine, and the gate knows better."""
    for said in ("127.0.0.1", "evil.example"):
        with (
            socket.create_connection(("127.0.0.1", served.secure)) as plain,
            served.tls.wrap_socket(plain, server_hostname=NAME) as secure,
        ):
            asked = f"GET {served.address}/ HTTP/1.1\r\nHost: {said}\r\nConnection: close\r\n\r\n"
            secure.sendall(asked.encode())
            answer = b"".join(iter(lambda: secure.recv(65536), b"")).decode()
        assert answer.startswith("HTTP/1.1 403")
        assert "default-src 'none'" in answer


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/%5fstcore/metrics",
        "//_stcore/metrics",
        "/static/../_stcore/metrics",
        "/component/x/index.html",
    ],
)
def test_what_is_shut_is_shut_through_the_proxy(served: Site, logged_in: Client, path: str) -> None:
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in logged_in.http.cookies.jar)
    for method in ("GET", "POST"):  # as written: an HTTP library would tidy the address up
        asked = f"{method} {path} HTTP/1.1\r\nCookie: {cookies}\r\nOrigin: {served.address}\r\nContent-Length: 0\r\n"
        assert re.match(r"HTTP/1\.1 40[034] ", raw(served, asked)), method
    assert raw(served, f"GET /network HTTP/1.1\r\nCookie: {cookies}\r\n").startswith("HTTP/1.1 200")


# --- TLS and headers --------------------------------------------------------------------------------------------------


def test_http_goes_to_https(served: Site) -> None:
    answer = httpx.get(f"http://{NAME}:{served.plain}/network?as_of=2020-06-30")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{served.address}/network?as_of=2020-06-30")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_only_tls_that_is_safe(served: Site, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(served.folder / "fullchain.pem"))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # this side would speak the old versions too
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", served.secure)) as plain:
        if version < ssl.TLSVersion.TLSv1_2:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain, server_hostname=NAME)
        else:
            assert context.wrap_socket(plain, server_hostname=NAME).cipher()


ONCE = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src",
    "referrer-policy": "",
    "cache-control": "",
    "server": "nginx",
}


@pytest.mark.parametrize("path", ["/", "/login", "/s/AAAA", "/healthz", "/nothing", "/favicon.png"])
def test_every_header_is_there_once(served: Site, path: str) -> None:
    with served.viewer() as viewer:
        answer = viewer.http.get(path)
    for name, begins in ONCE.items():
        values = answer.headers.get_list(name)
        assert len(values) == 1, name
        assert values[0].startswith(begins), name
    assert answer.headers["server"] == "nginx", "no version"
    assert answer.headers["cache-control"] == "no-store"
    assert f"wss://{NAME}:{served.secure}" in answer.headers["content-security-policy"] or is_strangers(answer)


def test_answers_of_nginx_itself_say_no_version(served: Site) -> None:
    with served.client() as somebody:
        answer = somebody.http.post("/login", content=b"x" * 17_000, headers={"Origin": served.address})
    assert answer.status_code == 413
    assert answer.headers["server"] == "nginx"
    assert "nginx/" not in answer.text


# --- limits -----------------------------------------------------------------------------------------------------------


def test_limits_of_uploads_agree() -> None:
    most = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]["maxUploadSize"]
    sizes = re.findall(r"client_max_body_size (\w+);", (DEPLOY / "nginx.conf").read_text())
    assert sizes == ["16k", f"{most + 1}m"]
    assert MOST_BODY <= 16 * 1024
    assert settings.Settings().max_file_megabytes <= most
    room = re.search(r"/tmp:size=(\d+)m", (DEPLOY / "compose.yaml").read_text())
    assert room, "an upload is kept in /tmp until it was read"
    assert int(room[1]) >= 2 * most


def test_a_file_of_the_largest_size_passes_and_a_larger_one_stops_at_nginx(served: Site, logged_in: Client) -> None:
    with logged_in.connect() as session:
        session.run("data", query="lang=en")
        path = f"/_stcore/upload_file/{session.tab.session_id}/11111111-1111-1111-1111-111111111111"
        headers = {"Origin": served.address, "X-Xsrftoken": logged_in.http.cookies["_streamlit_xsrf"]}
        most = 200 * MEGABYTE
        file = {"file": ("organisations.csv", b"x" * (most - 4096))}
        assert logged_in.http.put(path, files=file, headers=headers).status_code == 204
        assert list(served.folder.glob("client_body/**/*")) == [], "nothing on the disk of the proxy"
        answer = raw(served, f"PUT {path} HTTP/1.1\r\nContent-Length: {most + 2 * MEGABYTE}\r\n")
        assert answer.startswith("HTTP/1.1 413")
        assert "Server: nginx" in answer
        assert "Content-Security-Policy" not in answer, "the dashboard was not asked"


def location(name: str) -> str:
    """What nginx.conf says of an address."""
    return (DEPLOY / "nginx.conf").read_text().split(f"location {name} {{")[1].split("\n    }")[0]


@pytest.mark.parametrize("name", ["= /login", "/s/", "/a/"])
def test_a_form_is_taken_in_by_nginx_before_the_dashboard_hears_of_it(name: str) -> None:
    said = location(name)
    assert "proxy_request_buffering on;" in said
    assert "client_body_buffer_size 16k;" in said, "as much as a form may have, so never on the disk"
    assert "client_body_timeout 10s;" in said
    assert "limit_conn impact_city_forms 20;" in said
    assert "limit_req zone=" in said


def raw(served: Site, asked: str) -> str:
    """The beginning of the answer to a request of which the body never comes."""
    with (
        socket.create_connection(("127.0.0.1", served.secure)) as plain,
        served.tls.wrap_socket(plain, server_hostname=NAME) as secure,
    ):
        secure.settimeout(10)
        secure.sendall(f"{asked}Host: {NAME}:{served.secure}\r\n\r\n".encode())
        return secure.recv(4096).decode()


def test_a_flood_stops_at_nginx(served: Site) -> None:
    for path, burst in (("/login", 20), ("/s/leave", 40), ("/healthz", 10)):
        with httpx.Client(transport=httpx.HTTPTransport(verify=served.tls, local_address="127.50.0.1")) as http:
            statuses = [http.get(served.address + path).status_code for _ in range(3 * burst)]
        assert statuses[:burst].count(429) == 0, path
        assert statuses.count(429) > burst, path
    assert served.visit("/login", "127.51.0.1") == 200, "others are not kept waiting"


def guesses(running: Site) -> None:
    """Who guesses waits, whatever he says of himself; somebody from another network does not."""
    wrong = UNKNOWN_LINKS.amount
    for attempt in range(wrong):  # nginx counts by address, the dashboard by network
        spoofed = {"X-Forwarded-For": f"203.0.{attempt}.1", "X-Real-IP": f"203.0.{attempt}.1"}
        assert running.visit(f"/s/{UNKNOWN}", f"127.1.1.{attempt % 20}", spoofed) == 404
    assert running.visit(f"/s/{UNKNOWN}", "127.1.1.99") == 429
    assert running.visit(f"/s/{UNKNOWN}", "127.1.1.99", {"X-Forwarded-For": "198.51.100.1"}) == 429
    assert running.visit(f"/s/{UNKNOWN}", "127.2.2.2") == 404
    assert running.audit().count("stranger 127.1.1.0/24") == wrong
    assert "stranger 127.2.2.0/24" in running.audit()
    assert "203.0." not in running.audit()


def test_the_network_of_the_visitor_counts(served: Site) -> None:
    guesses(served)


def test_the_network_of_the_visitor_counts_when_the_proxy_is_elsewhere(tmp_path: Path) -> None:
    """As with a proxy in another container: it comes from another address, which FORWARDED_ALLOW_IPS names."""
    env = {"FORWARDED_ALLOW_IPS": "127.0.0.9"}
    with site(tmp_path, env=env, more="proxy_bind 127.0.0.9;\n") as running:
        guesses(running)


# --- logs -------------------------------------------------------------------------------------------------------------


def test_no_log_has_a_token(tmp_path: Path) -> None:
    """However the address is written, whether it works, fails or is refused, and when the dashboard does not answer."""
    with site(tmp_path) as running:
        tokens = [running.link()[1], running.link(passphrase="a passphrase")[1], UNKNOWN]
        asked = [
            path.format(token)
            for token in tokens
            for path in (
                "/s/{0}",
                "//s/{0}",
                "/%73/{0}",
                "/s%2F{0}",
                "/S/{0}",
                "/x/../s/{0}",
                "/s/{0}/",
                "/s/{0}?x={0}",
            )
        ]
        asked += [path.format(token) for token in tokens for path in ("/{0}", "/?s={0}", "/x/s/{0}")]
        with running.client() as somebody:
            assert {somebody.http.get(path).status_code for path in asked} == {200, 303, 404}
            for token in tokens:
                somebody.http.post(f"/s/{token}", data={"secret": "wrong"}, headers={"Origin": running.address})
                somebody.http.get("/", headers={"Referer": f"{running.address}/s/{token}"})
                somebody.http.post(f"/s/{token}", content=b"x" * 20_000)
                httpx.get(f"http://{NAME}:{running.plain}/s/{token}")
                httpx.get(f"http://{NAME}:{running.secure}/s/{token}")  # plain HTTP where TLS is spoken
                raw(running, f"GET /s/{token} HTTP/1.1\r\nbad header\r\n")
            for _ in range(60):
                somebody.http.get(f"/s/{UNKNOWN}")
    with nginx(tmp_path, running.secure, running.plain, running.upstream), running.client() as somebody:
        for path in asked:
            assert somebody.http.get(path).status_code in (429, 502)
        assert somebody.http.get("/", headers={"Referer": f"{running.address}/s/{tokens[0]}"}).status_code == 502
    access, error = ((tmp_path / f"{name}.log").read_text() for name in ("access", "error"))
    assert re.search(r" GET /s/- 303 .* 303$", access, re.MULTILINE)
    assert re.search(r" GET /s/- 429 .* -$", access, re.MULTILINE)
    assert re.search(r" GET / 502 .* 502$", access, re.MULTILINE)
    assert "start worker process" in error, "the main log of nginx itself is written"
    assert not (tmp_path / "other.log").read_text(), "no request is logged in another form"
    for path in (tmp_path / "access.log", tmp_path / "error.log", tmp_path / "dashboard.log"):
        for token in tokens:
            assert token not in path.read_text(), path.name
    for token in tokens:
        assert token not in running.audit()
    assert "unknown link" in running.audit()


# --- the image --------------------------------------------------------------------------------------------------------


def test_what_the_image_copies_exists_and_is_let_through() -> None:
    let_through = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = {source for said in dockerfile("COPY") if not said.startswith("--from=") for source in said.split()[:-1]}
    assert copied == let_through
    for source in copied:
        assert (ROOT / source).exists(), source


def test_the_image_has_all_that_the_program_reads(tmp_path: Path) -> None:
    """A copy of what COPY says, and nothing else, starts and shows the sample."""
    for said in dockerfile("COPY"):
        *sources, target = said.split()
        for source in sources if not said.startswith("--from=") and target != "/" else ():
            place = tmp_path / target / Path(source).name if target == "./" else tmp_path / target
            place.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, place)
    (port,) = free_ports(1)
    env = os.environ | {"HUBDATA_HOME": str(tmp_path / "home")}
    with (tmp_path / "log").open("wb") as out:
        server = subprocess.Popen(command(port), cwd=tmp_path, env=env, stdout=out, stderr=out)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        door.note(f"http://127.0.0.1:{port}", tmp_path / "home")
        with Client(f"http://127.0.0.1:{port}") as somebody, somebody.connect() as session:
            seen = session.run("", query="lang=en")
            assert "overview" in seen.menu
            assert seen.exceptions == []
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_the_image_says_what_it_should() -> None:
    (base,) = (said for said in dockerfile("ARG") if said.startswith("PYTHON="))
    assert re.fullmatch(r"PYTHON=python:3\.11\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert all(said.split()[0] == "${PYTHON}" for said in dockerfile("FROM"))
    user = int(dockerfile("USER")[-1].split(":")[0])
    assert user > 0
    assert dockerfile("VOLUME") == ["/data"]
    assert "HUBDATA_HOME=/data" in " ".join(dockerfile("ENV"))
    assert not any(word in json.loads(dockerfile("CMD")[-1]) for word in ("sh", "bash"))
    assert not any("secret" in said or "hub.toml" in said for said in dockerfile("COPY"))


READ_ONLY = """
set -e
mount --bind "$1" /srv
for place in $(awk '{print $2}' /proc/self/mounts); do
    case $place in /srv|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*) ;; *) mount -o remount,ro,bind "$place" ;; esac
done
mount -t tmpfs -o size=64m,mode=1777,noexec tmpfs /mnt
cd "$2"; shift 2
exec setpriv --reuid=10001 --regid=10001 --clear-groups --bounding-set=-all,+dac_read_search \
    --inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search --no-new-privs \
    env -i PATH=/usr/bin:/bin HOME=/nonexistent TMPDIR=/mnt HUBDATA_HOME=/srv PYTHONDONTWRITEBYTECODE=1 "$@"
"""
"""A stand-in for the container: all read-only but the data and a place for temporary files (not /tmp,
where the checkout may lie), a user of its own, no rights; it may read, as this
machine's Python may lie where only root looks."""


def test_it_runs_on_a_file_system_that_is_read_only_as_a_user_without_rights(tmp_path: Path) -> None:
    needs("unshare", "setpriv")
    if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("this must be root")
        pytest.skip("only root can make a file system of its own")
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 10001, 10001)
    (port,) = free_ports(1)
    with (tmp_path / "log").open("wb") as out:
        script = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(home), str(ROOT), *command(port)]
        server = subprocess.Popen(script, stdout=out, stderr=out)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        door.note(f"http://127.0.0.1:{port}", home)
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert re.search(r"^Uid:\t10001\t10001\t10001", status, re.MULTILINE)
        assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
        mounts = Path(f"/proc/{server.pid}/mounts").read_text()
        assert re.search(r"^\S+ / \S+ ro", mounts, re.MULTILINE)
        check = [part.replace("8501", str(port)) for part in json.loads(dockerfile("HEALTHCHECK")[0].split("CMD ")[1])]
        assert check[0] == "python"
        assert subprocess.run([sys.executable, *check[1:]], check=False).returncode == 0
        with Client(f"http://127.0.0.1:{port}") as somebody:
            somebody.http.get("/_stcore/health")
            with somebody.connect() as session:
                session.run("data", query="lang=en")
                path = f"/_stcore/upload_file/{session.tab.session_id}/11111111-1111-1111-1111-111111111111"
                headers = {"Origin": somebody.address, "X-Xsrftoken": somebody.http.cookies["_streamlit_xsrf"]}
                file = {"file": ("organisations.csv", b"x" * 3 * MEGABYTE)}  # more than is kept in memory
                assert somebody.http.put(path, files=file, headers=headers).status_code == 204
        assert {"snapshots", "secret.key", "audit"} <= {entry.name for entry in home.iterdir()} | {"audit"}
        said = (tmp_path / "log").read_text()
        assert "Traceback" not in said, said
        assert "Read-only" not in said, said
    finally:
        server.terminate()
        server.wait(timeout=20)
    refused = subprocess.run([sys.executable, *check[1:]], check=False, capture_output=True)
    assert refused.returncode != 0, "a server that is gone is not healthy"


def test_a_file_of_secrets_may_be_empty(tmp_path: Path) -> None:
    """As compose.yaml mounts it when there is no login with OIDC."""
    for name in ("app.py", "hubdata", "pages", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / ".streamlit", tmp_path / ".streamlit")
    (tmp_path / ".streamlit" / "secrets.toml").write_text("")
    (port,) = free_ports(1)
    env = os.environ | {"HUBDATA_HOME": str(tmp_path / "home")}
    with (tmp_path / "log").open("wb") as out:
        server = subprocess.Popen(command(port), cwd=tmp_path, env=env, stdout=out, stderr=out)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        door.note(f"http://127.0.0.1:{port}", tmp_path / "home")
        answer = httpx.get(f"http://127.0.0.1:{port}/", cookies=door.cookies_of(f"http://127.0.0.1:{port}"))
        assert answer.status_code == 200
        assert not is_strangers(answer), "no door is configured"
    finally:
        server.terminate()
        server.wait(timeout=20)


# --- compose and systemd ----------------------------------------------------------------------------------------------


COMPOSED = {
    "compose.yaml": ["dashboard", "nginx"],
    "compose-servers.yaml": ["dashboard-1", "dashboard-2", "postgres", "nginx"],
}


@pytest.mark.parametrize("name", COMPOSED)
def test_every_container_is_shut_in(name: str) -> None:
    text = (DEPLOY / name).read_text()
    services = yaml.safe_load(text)["services"]
    assert list(services) == COMPOSED[name]
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
        assert not service.get("privileged")
        assert any(place.startswith("/tmp:") for place in service["tmpfs"])
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
        if "dashboard" in service["image"] or "impact-city" in service["image"]:
            assert service["ulimits"] == {"nofile": 16384}
        assert re.search(r":[\w.-]*\d[\w.-]*@sha256:[0-9a-f]{64}$|^impact-city", service["image"]), (
            "content that does not move"
        )
    assert "docker.sock" not in text
    # The dashboards listen on 127.0.0.1 of a network that they and nginx have for themselves.
    networks = {service.get("network_mode", "own") for service in services.values()} - {"none"}
    assert networks in ({"own", "service:dashboard"}, {"own", "service:nginx"})
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert ports == ["80:80", "443:443"], "8501 is not for the world"
    for file in re.findall(r"file: \./(\S+)", text):
        ignored = subprocess.run(["git", "check-ignore", "-q", f"deploy/{file}"], cwd=ROOT, check=False)
        assert ignored.returncode == 0, f"git must ignore {file}"


@pytest.mark.parametrize("name", COMPOSED)
def test_what_a_compose_file_names_is_there(name: str) -> None:
    composed = yaml.safe_load((DEPLOY / name).read_text())
    services, volumes, secrets = composed["services"], set(), set()
    for service in services.values():
        if build := service.get("build"):
            context = (DEPLOY / build["context"]).resolve()
            assert (context / build["dockerfile"]).is_file()
            asked = {said.split("=")[0]: said.split("=")[1] for said in dockerfile("ARG")}
            for argument, value in build.get("args", {}).items():
                assert argument in asked
                assert (context / value).is_file()
        assert set(service.get("depends_on", {})) <= set(services)
        mode = service.get("network_mode", "none")
        assert mode == "none" or mode.removeprefix("service:") in services
        for source in (volume.split(":")[0] for volume in service.get("volumes", ())):
            if source.startswith("."):
                assert (DEPLOY / source).is_file()
            else:
                volumes.add(source)
        secrets |= {secret["source"] for secret in service.get("secrets", ())}
    assert volumes == set(composed["volumes"])
    assert secrets == set(composed["secrets"])
    for program in (
        service["command"][0] for service in services.values() if "build" in service and "command" in service
    ):
        assert program == json.loads(dockerfile("CMD")[-1])[0]


def test_several_dashboards_are_started_as_one_is_each_at_a_port_that_nginx_knows() -> None:
    services = yaml.safe_load((DEPLOY / "compose-servers.yaml").read_text())["services"]
    known = re.findall(r"^    #?server 127\.0\.0\.1:(\d+);", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE)
    dashboards = [service for name, service in services.items() if name.startswith("dashboard")]
    check = json.loads(dockerfile("HEALTHCHECK")[0].split("CMD ")[1])
    for service, port in zip(dashboards, known, strict=True):
        assert service["command"] == [part.replace("8501", port) for part in json.loads(dockerfile("CMD")[-1])]
        said = service.get("healthcheck", {"test": ["CMD", *check]})["test"]
        assert said == ["CMD", *(part.replace("8501", port) for part in check)]
        assert service["network_mode"] == "service:nginx"
    assert services["postgres"]["network_mode"] == "none", "nobody but who has its socket"
    assert dashboards[0]["volumes"][1:] == dashboards[1]["volumes"][1:] != dashboards[0]["volumes"][:1]
    address = Address.parsed(dashboards[0]["environment"]["HUBDATA_STORE"])
    places = [volume.split(":")[1] for volume in dashboards[0]["volumes"]]
    assert address.data_path in places
    assert f"host='{places[-1]}'" in address.connection
    assert places[-1] in [volume.split(":")[1] for volume in services["postgres"]["volumes"]]


def test_what_several_servers_install_is_what_one_installs_and_more() -> None:
    one, several = (
        dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / f"requirements{more}.lock").read_text(), re.MULTILINE))
        for more in ("", "-lake")
    )
    assert {name: version for name, version in one.items() if several.get(name) != version}.keys() <= {"duckdb"}
    wanted = re.findall(r"^([a-z-]+)(?:\[\w+\])?(?:==|>=)", (ROOT / "requirements-lake.txt").read_text(), re.MULTILINE)
    assert several.keys() - one.keys() == {*wanted, "psycopg-binary"} - {"duckdb"}


def unit() -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for line in (DEPLOY / "impact-city.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            said.setdefault(name, []).append(value)
    return said


def test_the_unit_starts_it_as_the_image_does() -> None:
    assert unit()["ExecStart"][0].split("/")[-1] == " ".join(json.loads(dockerfile("CMD")[-1]))
    assert unit()["User"] == ["impact-city"]
    (state,) = unit()["StateDirectory"]
    assert f"HUBDATA_HOME=/var/lib/{state}" in unit()["Environment"][0].split()
    assert unit()["ReadWritePaths"] == [f"/var/lib/{state}"]


def test_there_is_room_for_many_connections_and_logs_stay_small() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert unit()["LimitNOFILE"] == ["16384"]
    assert "ulimits: {nofile: 16384}" in text
    assert int(unit()["LogRateLimitBurst"][0]) <= 1000


def test_systemd_accepts_the_unit_and_finds_it_shut_in(tmp_path: Path) -> None:
    needs("systemd-analyze")
    text = (DEPLOY / "impact-city.service").read_text()
    place = tmp_path / "impact-city.service"
    place.write_text(text.replace(unit()["ExecStart"][0].split()[0], "/bin/true").replace("/opt/impact-city", "/opt"))
    verified = subprocess.run(["systemd-analyze", "verify", place], capture_output=True, text=True, check=False)
    said = [line for line in verified.stderr.splitlines() if "impact-city" in line]
    assert (verified.returncode, said) == (0, [])
    security = ["systemd-analyze", "security", "--offline=true", "--threshold=15", place]
    judged = subprocess.run(security, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout[-2000:]


def test_it_runs_without_memory_that_is_both_written_and_executed(tmp_path: Path) -> None:
    """What MemoryDenyWriteExecute= asks, asked of the kernel itself (PR_SET_MDWE)."""
    (port,) = free_ports(1)
    asked = "import ctypes, os, sys; refused = ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); "
    asked += "sys.exit(77) if refused else os.execv(sys.argv[1], sys.argv[1:])"
    with (tmp_path / "log").open("wb") as out:
        env = os.environ | {"HUBDATA_HOME": str(tmp_path / "home")}
        server = subprocess.Popen(
            [sys.executable, "-c", asked, *command(port)], cwd=ROOT, env=env, stdout=out, stderr=out
        )
    try:
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", server)
        except RuntimeError:
            if server.returncode == 77:
                pytest.skip("this kernel is older than 6.3")
            raise
        door.note(f"http://127.0.0.1:{port}", tmp_path / "home")
        with Client(f"http://127.0.0.1:{port}") as somebody, somebody.connect() as session:
            for page in ("", "network", "sectors", "events"):
                assert session.run(page, query="lang=en").exceptions == []
    finally:
        server.terminate()
        server.wait(timeout=20)


# --- the manual -------------------------------------------------------------------------------------------------------


def test_the_manual_names_what_exists() -> None:
    manual = (ROOT / "docs" / "install.md").read_text()
    for verb in set(re.findall(r"-m hubdata ([a-z]+(?: (?:create|list|revoke))?)", manual)):
        shown = subprocess.run(
            [sys.executable, "-m", "hubdata", *verb.split(), "--help"], cwd=ROOT, capture_output=True, check=False
        )
        assert shown.returncode == 0, verb
    for path in re.findall(r"\]\((?!http)([^)#]+)", manual):
        assert (ROOT / "docs" / path).exists(), path
    example = re.search(r"```toml\n(# \.streamlit/secrets\.toml.*?)```", manual, re.DOTALL)
    assert example
    secrets = tomllib.loads(example[1])
    assert secrets["hub"]["managers"]
    assert {"redirect_uri", "cookie_secret"} <= set(secrets["auth"])
    for address in re.findall(r'public_address = "([^"]+)"', manual):
        assert settings.Settings(public_address=address)
