"""Floods, guesses and mischief in small: what keeps the server answering, each in this process."""

import asyncio
import io
import logging
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from hubdata import charts, sharing, texts
from hubdata.cells import isolated
from hubdata.server import Gate
from hubdata.server.guesses import Guesses
from hubdata.server.logs import MOST_IN_A_MINUTE, Sparing
from hubdata.ui import language

PASSWORD = "a long enough password"


# --- guessing ----------------------------------------------------------------------------------------------------------


def request(address: str, secret: str) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": f"secret={secret}".encode(), "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/login", "headers": [], "query_string": b""}
    return Request(scope | {"client": (address, 50_000)}, receive)


def attempts(guesses: Guesses, *asked: tuple[str, str, bool]) -> list[str]:
    async def all_of_them() -> list[str]:
        return [
            await guesses.attempt(
                request(address, secret), ("password",), lambda typed: typed == "right", is_known_network=is_known
            )
            for address, secret, is_known in asked
        ]

    return asyncio.run(all_of_them())


def test_sixty_wrong_ones_from_elsewhere_do_not_lock_out_a_network_that_is_known() -> None:
    guesses = Guesses()
    elsewhere = [(f"203.0.{network}.9", "wrong", False) for network in range(12) for _ in range(5)]
    assert attempts(guesses, *elsewhere) == ["wrong"] * 60
    assert attempts(guesses, ("198.51.100.7", "right", False)) == ["late"], "a network that nobody knows waits"
    assert attempts(guesses, ("192.0.2.1", "right", True)) == ["right"]
    # Its own wrong ones count all the same.
    assert attempts(guesses, *[("192.0.2.1", "wrong", True)] * 5) == ["wrong"] * 5
    assert attempts(guesses, ("192.0.2.200", "right", True)) == ["late"]


async def nothing(*_: object) -> None:
    """Streamlit is not asked here."""


def posted(home: Path, address: str, secret: str) -> int:
    async def sent() -> int:
        transport = httpx.ASGITransport(Gate(nothing, home), client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8501") as http:
            own = {"Origin": "http://localhost:8501"}
            return (await http.post("/login", data={"secret": secret}, headers=own)).status_code

    return asyncio.run(sent())


def test_a_network_is_known_once_a_manager_came_in_from_it_also_after_a_restart(tmp_path: Path) -> None:
    sharing.set_password(tmp_path, PASSWORD)
    assert posted(tmp_path, "192.0.2.1", "wrong") == 403
    assert not sharing.is_known_network(tmp_path, "192.0.2.0/24")
    assert posted(tmp_path, "192.0.2.1", PASSWORD) == 303
    assert sharing.is_known_network(tmp_path, "192.0.2.0/24")
    assert b"192.0.2.1" not in (tmp_path / sharing.NETWORKS).read_bytes()
    for damaged in (b"", b"{", b"{}", b"\xff", b"[1, null]"):
        (tmp_path / sharing.NETWORKS).write_bytes(damaged)
        assert not sharing.is_known_network(tmp_path, "192.0.2.0/24")
        assert posted(tmp_path, "192.0.2.1", PASSWORD) == 303
        assert sharing.is_known_network(tmp_path, "192.0.2.0/24")
    for number in range(300):
        sharing.note_network(tmp_path, f"10.0.{number}.0/24")
    assert not sharing.is_known_network(tmp_path, "192.0.2.0/24"), "the newest hundred are kept"


# --- logs --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def logged() -> tuple[logging.Logger, io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Sparing())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, written


def test_a_flood_of_tracebacks_is_a_few_and_a_count(
    logged: tuple[logging.Logger, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, written = logged
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    for number in range(20_000):
        try:
            raise OSError(24, "Too many open files")
        except OSError:
            logger.exception("connection %d was not accepted", number)
    assert written.getvalue().count("Traceback") == MOST_IN_A_MINUTE
    assert len(written.getvalue()) < 5_000
    logger.error("something else")
    logger.info("a visitor")
    assert "something else" in written.getvalue()
    moment += 61
    try:
        raise OSError(24, "Too many open files")
    except OSError:
        logger.exception("connection %d was not accepted", 1)
    assert "connection 1 was not accepted (and 19995 times more before this)" in written.getvalue()


def test_what_is_no_warning_is_always_written(logged: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = logged
    for _ in range(100):
        logger.info("a drop was loaded")
    assert written.getvalue().count("loaded") == 100


# --- letters that turn others -------------------------------------------------------------------------------------------

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(st.sampled_from([*TURNING, "a", " "]), max_size=12))
def test_what_turns_the_order_of_letters_ends_with_its_name(name: str) -> None:
    """By the rules of Unicode (UAX 9): the isolate that we begin is closed by our own last mark and no earlier one."""
    shown = isolated(name)
    depth = 0
    for place, letter in enumerate(shown):
        depth += letter in "\u2066\u2067\u2068"
        depth -= letter == "\u2069"
        inside = not set(name) & set(TURNING) or depth > 0
        assert inside or place == len(shown) - 1
    assert depth == 0
    assert [letter for letter in shown if letter == "a"] == [letter for letter in name if letter == "a"]


@pytest.mark.parametrize("show", [language.literal, charts.literal])
def test_names_in_sentences_and_figures_are_isolated(show: Callable[[str], str]) -> None:
    shown = show("Anna\u202efdp")
    assert shown.startswith("\u2068")
    assert shown.endswith("\u2069")
    assert show("Anna") == "Anna"


# --- languages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["../../../etc", "nl/../nl", "", "NL", "xx", "nl\0"])
def test_a_language_is_one_that_we_know_before_it_becomes_a_path(code: str) -> None:
    with pytest.raises(ValueError, match="no language"):
        texts.catalogue_path(code)
    language.set_language(code)
    assert language.current_language() in texts.LANGUAGES
