"""The same functions as the folder's (`snapshots`, `backup`), over a lake that several servers share (`catalogue`).

What this server shows it has a copy of: the folder `lake-copy/` of its home, laid out as a home with the folder of
today. A snapshot never changes, so a copy is never stale; it is opened, scoped and read by the functions of the folder,
and the figures are the same. When PostgreSQL does not answer, the dashboard goes on with what it has a copy of, and
loading waits.
"""

import contextlib
import datetime
import logging
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from hubdata.store import catalogue, lake_records, snapshots
from hubdata.store.backup import Join
from hubdata.store.backup import backup as backup_of_folder
from hubdata.store.backup import restore as restore_to_folder
from hubdata.store.catalogue import Address, Unreachable, Unsure
from hubdata.store.files import (
    OWNER_ONLY,
    ConcurrentLoad,
    StoreProblem,
    disk_errors_as_problems,
    locked,
    sync_folder,
    write_file,
    write_synced,
)
from hubdata.store.scopes import EVERYTHING, Scope
from hubdata.store.snapshots import ID, PIN, Drop
from hubdata.store.views import Manifest, Snapshot
from hubdata.store.which import address_of, name_store

logger = logging.getLogger(__name__)

COPY = "lake-copy"
RECORDS = ("*.json", "*.json.before-restore-*", "manager.*", "secret.key")
"""The files at the top of a home that are records in a lake; settings are a file of each server."""


def _place(home: Path) -> tuple[Address, Path]:
    """Where the lake of a home is, and the folder with this server's copy of it."""
    return Address.parsed(address_of(home)), home / COPY


def publish(
    home: Path,
    tables: Mapping[str, pa.Table],
    *,
    origin: str,
    drop: Drop | None = None,
    replaces_all: bool = True,
    changes: Mapping[str, Mapping[str, int]] | None = None,
    attribution: str = "",
    based_on: str | None = None,
    way: str = "",
    by: str = "",
    donors: Mapping[str, str] | None = None,
    keep: int | None = None,
) -> Manifest:
    """See `snapshots.publish`. The snapshot is built in the copy, and comes into the lake in one transaction."""
    address, copy = _place(home)
    with catalogue.publishing(address):
        named, shown = _named(address), current_snapshot_id(home)
        if shown is None and has_snapshots(home):
            raise StoreProblem("of what was loaded before nothing can be read; nothing was changed", "unreadable")
        if shown != based_on:
            raise ConcurrentLoad("another load was published in the meantime")
        with locked(copy):
            (copy / "archive").mkdir(exist_ok=True, mode=0o700)
            snapshots.clear_leftovers(copy)
        described = snapshots.new_manifest(
            origin=origin, changes=changes, attribution=attribution, way=way, by=by, donors=donors
        )
        new_id = described.id
        building, receiving = copy / "snapshots" / f".{new_id}", copy / "archive" / f".{new_id}"
        try:
            earlier = manifest_of(home, based_on).drops if based_on and not replaces_all else ()
            manifest = snapshots.build(building, receiving, tables, replace(described, drops=earlier), drop)
            catalogue.add(address, building, {new_id: receiving} if drop else {})
            _put_on_show(address, new_id, named)
        except BaseException:
            for folder in (building, receiving):
                shutil.rmtree(folder, ignore_errors=True)
            with contextlib.suppress(Exception):  # it is in the history then, as any other that is not on show
                if _named(address) != new_id:
                    _remove(home, [new_id])
            raise
        # The load stands. What goes wrong with the copy is mended when it is read, with what is old by a later load.
        with contextlib.suppress(OSError, StoreProblem):
            if drop:
                receiving.rename(copy / "archive" / new_id)
            building.rename(copy / "snapshots" / new_id)
            snapshots.set_pointer(copy / "snapshots", new_id)
        try:
            _prune(home, keep)
        except Exception as error:  # whatever it is, what was loaded is on show
            logger.warning("what is old could not be removed: %s", error)
    return manifest


def _put_on_show(address: Address, snapshot_id: str, instead_of: str | None) -> None:
    """Move the pointer, in one statement. Raises `ConcurrentLoad` when it names something else than `instead_of`, and
    `Unsure`.

    Nobody else can have moved it as long as our lock held; it is lost with its connection. When the answer was lost on
    the way, the statement is said again, and finds that it is done.
    """
    try:
        moved = catalogue.change(
            address,
            "INSERT INTO hubdata.on_show AS before VALUES (%s, %s)"
            " ON CONFLICT (hub) DO UPDATE SET snapshot = excluded.snapshot"
            " WHERE before.snapshot IN (%s, excluded.snapshot)",
            address.hub,
            snapshot_id,
            instead_of,
        )
    except Unreachable as error:
        raise Unsure from error
    if not moved:
        raise ConcurrentLoad("another load was published in the meantime")


def drops(home: Path, snapshot_id: str) -> list[Drop]:
    """See `snapshots.drops`."""
    copy = home / COPY
    _fetch(home, snapshot_id)
    for drop_id in manifest_of(home, snapshot_id).drops:
        _fetch_drop(home, drop_id)
    return snapshots.drops(copy, snapshot_id)


def _fetch_drop(home: Path, drop_id: str) -> None:
    """Have a copy of a drop. One that is not in the lake is not made."""
    address, copy = _place(home)
    target = copy / "archive" / drop_id
    if target.exists() or not ID.fullmatch(drop_id):
        return
    with catalogue.problems(address), locked(copy):
        if target.exists():
            return
        files = catalogue.received(address, drop_id)
        if not files:
            return
        receiving = copy / "archive" / f".{drop_id}-{secrets.token_hex(3)}"
        receiving.mkdir(parents=True, mode=0o700)
        for name, content in files.items():
            if "/" in name or name.startswith("."):
                raise StoreProblem(f"the archive of drop {drop_id} has a name that is a path")
            write_synced(receiving / name, content, OWNER_ONLY)
        receiving.rename(target)


def _fetch(home: Path, snapshot_id: str) -> None:
    """Have a whole copy of a snapshot. Raises `StoreProblem` when there is no such snapshot or it cannot be read."""
    address, copy = _place(home)
    if not ID.fullmatch(snapshot_id):
        raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
    if snapshots.is_whole(copy, snapshot_id):
        return
    with catalogue.problems(address), locked(copy):
        if snapshots.is_whole(copy, snapshot_id):  # another thread or process was first
            return
        known = catalogue.versions(address)
        if snapshot_id not in known:
            raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
        target = copy / "snapshots" / snapshot_id
        building = copy / "snapshots" / f".{snapshot_id}-{secrets.token_hex(3)}"
        shutil.rmtree(target, ignore_errors=True)
        building.mkdir(mode=0o700)
        try:
            catalogue.copy(address, *known[snapshot_id], building)
            sync_folder(building)
            building.rename(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        _forget_copies(copy, set(known))


def _forget_copies(copy: Path, known: set[str]) -> None:
    """Remove copies of snapshots that are no longer in the lake; who has one open goes on reading it."""
    for folder in (copy / "snapshots").glob("[0-9]*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


# --- what is on show -----------------------------------------------------------------------------------------------


def current_snapshot_id(home: Path) -> str | None:
    """See `snapshots.current_snapshot_id`. When PostgreSQL does not answer: what this server showed last."""
    address, copy = _place(home)
    try:
        named = _named(address)
        shown = named if named and _is_whole(home, named) else None
        shown = shown or next((manifest.id for manifest in history(home) if is_whole(home, manifest.id)), None)
    except Unreachable:
        return snapshots.current_snapshot_id(copy)
    if shown and snapshots.named_snapshot_id(copy) != shown:
        with contextlib.suppress(OSError, StoreProblem):
            snapshots.set_pointer(copy / "snapshots", shown)
    return shown


def _named(address: Address) -> str | None:
    found = catalogue.rows(address, "SELECT snapshot FROM hubdata.on_show WHERE hub = %s", address.hub)
    return next((str(snapshot_id) for (snapshot_id,) in found if ID.fullmatch(snapshot_id)), None)


def named_snapshot_id(home: Path) -> str | None:
    """See `snapshots.named_snapshot_id`."""
    address, copy = _place(home)
    try:
        return _named(address)
    except Unreachable:
        return snapshots.named_snapshot_id(copy)


def has_snapshots(home: Path) -> bool:
    """See `snapshots.has_snapshots`. Raises `StoreProblem` when nobody knows."""
    address, _copy = _place(home)
    return bool(catalogue.versions(address))


def is_whole(home: Path, snapshot_id: str) -> bool:
    """See `snapshots.is_whole`. A copy that is damaged is made anew."""
    address, copy = _place(home)
    if not ID.fullmatch(snapshot_id):
        return False
    try:
        known = catalogue.versions(address)
    except Unreachable:
        return snapshots.is_whole(copy, snapshot_id)
    return snapshot_id in known and _is_whole(home, snapshot_id)


def _is_whole(home: Path, snapshot_id: str) -> bool:
    try:
        _fetch(home, snapshot_id)
    except Unreachable:
        raise
    except StoreProblem as problem:
        if problem.code == "busy":
            raise
        return False
    return True


def open_snapshot(home: Path, snapshot_id: str, scope: Scope = EVERYTHING, megabytes: int = 0) -> Snapshot:
    """See `snapshots.open_snapshot`."""
    _fetch(home, snapshot_id)
    return snapshots.open_snapshot(home / COPY, snapshot_id, scope, megabytes)


def history(home: Path) -> list[Manifest]:
    """See `snapshots.history`. When PostgreSQL does not answer: what this server has a copy of."""
    address, copy = _place(home)
    try:
        known = catalogue.versions(address)
    except Unreachable:
        return snapshots.history(copy)
    manifests = []
    for snapshot_id, (_version, written) in known.items():
        with contextlib.suppress(StoreProblem):
            manifests.append(snapshots.parsed_manifest(written, snapshot_id))
    return sorted(manifests, key=lambda m: m.id, reverse=True)


def manifest_of(home: Path, snapshot_id: str) -> Manifest:
    """See `snapshots.manifest_of`."""
    found = next((manifest for manifest in history(home) if manifest.id == snapshot_id), None)
    if found is None:
        raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
    return found


def undescribed(home: Path) -> list[str]:
    """See `snapshots.undescribed`. A manifest comes into the lake with its snapshot, or neither does."""
    described = {manifest.id for manifest in history(home)}
    address, _copy = _place(home)
    with contextlib.suppress(Unreachable):
        return sorted(snapshot_id for snapshot_id in catalogue.versions(address) if snapshot_id not in described)
    return []


def rollback(home: Path, snapshot_id: str) -> None:
    """See `snapshots.rollback`."""
    address, _copy = _place(home)
    with catalogue.publishing(address):
        if snapshot_id not in catalogue.versions(address):
            raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
        if not _is_whole(home, snapshot_id):
            raise StoreProblem(f"snapshot {snapshot_id} can no longer be read; nothing was changed", "damaged")
        _put_on_show(address, snapshot_id, _named(address))


# --- what is kept, and for how long --------------------------------------------------------------------------------


def pin(home: Path, snapshot_id: str, name: str) -> None:
    """See `snapshots.pin`."""
    if not PIN.fullmatch(name):
        raise StoreProblem(f"{name!r} is no name for a pin")
    address, _copy = _place(home)
    with catalogue.publishing(address):
        if snapshot_id not in catalogue.versions(address):
            raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
        _pin(address, snapshot_id, name)


def _pin(address: Address, snapshot_id: str, name: str) -> None:
    statement = "INSERT INTO hubdata.pins VALUES (%s, %s, %s) ON CONFLICT (hub, name) DO UPDATE SET snapshot = %s"
    catalogue.change(address, statement, address.hub, name, snapshot_id, snapshot_id)


def unpin(home: Path, name: str) -> None:
    """See `snapshots.unpin`."""
    address, _copy = _place(home)
    catalogue.change(address, "DELETE FROM hubdata.pins WHERE hub = %s AND name = %s", address.hub, name)


def pins(home: Path) -> dict[str, str]:
    """See `snapshots.pins`."""
    address, _copy = _place(home)
    return dict(catalogue.rows(address, "SELECT name, snapshot FROM hubdata.pins WHERE hub = %s", address.hub))


def _prune(home: Path, keep: int | None) -> None:
    """See `snapshots._prune`. Only by who publishes."""
    if undescribed(home):
        return
    old = history(home)[keep:] if keep is not None else []
    needed = {current_snapshot_id(home), *pins(home).values()} if old else set()
    if gone := [manifest.id for manifest in old if manifest.id not in needed]:
        _remove(home, gone)


def _remove(home: Path, gone: list[str]) -> None:
    address, _copy = _place(home)
    stays = [manifest for manifest in history(home) if manifest.id not in gone]
    catalogue.remove(address, gone, {drop_id for manifest in stays for drop_id in manifest.drops})


# --- everything in one file, and in another store ------------------------------------------------------------------


def backup(home: Path, file: Path) -> None:
    """See `backup.backup`: the same file, which either store restores."""
    scratch = home / COPY / f".backup-{secrets.token_hex(3)}"
    try:
        to_folder(home, scratch)
        _settings_to(home, scratch)
        name_store(scratch, "")
        backup_of_folder(scratch, file)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def restore(home: Path, file: Path, joins: Mapping[str, Join] | None = None) -> str:
    """See `backup.restore`."""
    address, _copy = _place(home)
    scratch = home / COPY / f".restoring-{secrets.token_hex(3)}"
    scratch.mkdir(parents=True, mode=0o700)
    now = f"before-restore-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
    try:
        _settings_to(home, scratch)
        _records_to(address, scratch)
        shown = restore_to_folder(scratch, file, joins)
        from_folder(scratch, address)
        settings = home / "hub.toml"
        if (scratch / "hub.toml").exists():
            restored = (scratch / "hub.toml").read_bytes()
            if settings.exists() and settings.read_bytes() != restored:
                write_file(settings.with_name(f"hub.toml.{now}"), settings.read_bytes())
            write_file(settings, restored)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return shown


def _settings_to(home: Path, scratch: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.copy2(home / "hub.toml", scratch / "hub.toml")


def _records_to(address: Address, target: Path) -> None:
    """Write every record as a file of a home."""
    query = "SELECT name, content FROM hubdata.records WHERE hub = %s"
    for name, content in catalogue.rows(address, query, address.hub):
        if name == Path(name).name and not name.startswith("."):
            write_file(target / name, bytes(content), OWNER_ONLY)


def _records_from(source: Path) -> list[Path]:
    """The files of a home that are records in a lake."""
    found = [path for pattern in RECORDS for path in source.glob(pattern)]
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def move(home: Path, to: str) -> str | None:
    """Carry a home from the folder into the lake with the address `to`, or back to the `folder`; the id on show.

    The line `store` of its hub.toml is written last: until then nothing has changed for who looks. What was carried
    stays where it was. Raises `StoreProblem`.
    """
    if to == "folder":
        shown = to_folder(home, home) if address_of(home) else snapshots.current_snapshot_id(home)
    elif address_of(home) not in ("", to):
        raise StoreProblem("a lake is moved to the folder first; nothing was moved")
    else:
        shown = from_folder(home, Address.parsed(to), alone=True)
    with disk_errors_as_problems():
        name_store(home, to)
    return shown


def to_folder(home: Path, target: Path) -> str | None:
    """Carry everything of the lake to a home with the folder of today; the id on show. Snapshots there stay."""
    address, copy = _place(home)
    with catalogue.publishing(address), locked(target):
        (target / "archive").mkdir(exist_ok=True, mode=0o700)
        needed = set()
        for manifest in history(home):
            needed |= set(manifest.drops)
            _fetch(home, manifest.id)
            _carry(copy / "snapshots" / manifest.id, target / "snapshots" / manifest.id)
        for drop_id in sorted(needed):
            _fetch_drop(home, drop_id)
            if (copy / "archive" / drop_id).exists():
                _carry(copy / "archive" / drop_id, target / "archive" / drop_id)
        (target / "snapshots" / "pins").mkdir(exist_ok=True, mode=0o700)
        for name, snapshot_id in pins(home).items():
            write_file(target / "snapshots" / "pins" / name, snapshot_id.encode(), OWNER_ONLY)
        _records_to(address, target)
        lake_records.lines_to(address, target)
        shown = current_snapshot_id(home)
        if shown:
            snapshots.set_pointer(target / "snapshots", shown)
    return shown


def _carry(folder: Path, target: Path) -> None:
    """Copy a folder that is not there yet, under a hidden name first."""
    if not target.exists():
        building = target.with_name(f".{target.name}")
        shutil.rmtree(building, ignore_errors=True)
        shutil.copytree(folder, building)
        building.rename(target)


def from_folder(source: Path, address: Address, *, alone: bool = False) -> str | None:
    """Carry every snapshot, record, pin and the pointer of a home with the folder of today into a lake; the id on show.

    What the lake has already stays as it is, so that a move that was interrupted can be done again. Raises
    `StoreProblem`, with `alone` also when the lake has snapshots of this hub that `source` does not have.
    """
    with catalogue.publishing(address), locked(source):
        there = catalogue.versions(address)
        moved = snapshots.history(source)
        if alone and there.keys() - {manifest.id for manifest in moved}:
            raise StoreProblem(f"there is other data in the lake under the name hub={address.hub}; nothing was moved")
        carried = {
            drop_id
            for snapshot_id, (_version, written) in there.items()
            for drop_id in snapshots.parsed_manifest(written, snapshot_id).drops
        }
        for manifest in reversed(moved):
            if manifest.id not in there:
                missing = {
                    drop_id: source / "archive" / drop_id for drop_id in manifest.drops if drop_id not in carried
                }
                if not all(folder.is_dir() for folder in missing.values()):
                    raise StoreProblem(f"the archive of snapshot {manifest.id} is not complete; it was not moved")
                catalogue.add(address, source / "snapshots" / manifest.id, missing)
                carried |= missing.keys()
        for path in _records_from(source):
            lake_records.write_to(address, path.name, path.read_bytes())
        lake_records.lines_from(source, address)
        for name, snapshot_id in snapshots.pins(source).items():
            _pin(address, snapshot_id, name)
        shown = snapshots.current_snapshot_id(source)
        if shown:
            _put_on_show(address, shown, _named(address))
    return shown
