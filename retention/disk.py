"""Removing files below a root without ever following a link: neither of the last name nor of a folder on the way.

What was removed stays removed: before a call returns, every folder that is left and lost a name is on the platter.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TypeVar

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Each removal waits for the disk's journal, whatever else is writing: several folders wait at once. Measured beside
# busy databases four are three to ten times as quick as one. Fewer entries than WIDE are not worth a thread.
THREADS, WIDE = 4, 8
T = TypeVar("T")


class Tree(dict[str, "Tree"]):
    """Names by folder; one without any below it is a file."""


@contextlib.contextmanager
def folder(root: Path, *names: str) -> Iterator[int]:
    """A descriptor of root/names…; OSError (ELOOP, ENOTDIR, ENOENT) where one of them is no folder of its own."""
    fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            below = os.open(name, _FOLDER, dir_fd=fd)
            os.close(fd)
            fd = below
        yield fd
    finally:
        os.close(fd)


def remove(root: Path, relative: str) -> bool:
    """One file, and the folders it leaves empty. False when it was not there."""
    return remove_all(root, [relative]) > 0


def remove_all(root: Path, names: Iterable[str]) -> int:
    """These files, and the folders they leave empty. How many were there.

    Where a folder on the way is a link, what lies behind it is not ours and stays.
    """
    tree = Tree()
    for name in names:
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or parts[0] == "/":
            raise ValueError(name)
        place = tree
        for part in parts:
            place = place.setdefault(part, Tree())
    thinned: list[tuple[str, ...]] = []
    with folder(root) as fd:
        removed = _remove_some(fd, tree, (), thinned, wide=True)
    # All names first: the disk settles the first of these folders, and finds the others settled.
    for left in thinned:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), folder(root, *left) as fd:
            os.fsync(fd)
    return removed


def _remove_some(
    fd: int, tree: Tree, at: tuple[str, ...], thinned: list[tuple[str, ...]], *, wide: bool
) -> int:
    """`thinned` learns which folders lost a name and are still there."""
    wide_here = wide and len(tree) >= WIDE

    def take(name: str) -> tuple[int, bool]:
        below = tree[name]
        if not below:
            return _unlink(fd, name)
        return _remove_below(fd, below, (*at, name), thinned, wide=wide and not wide_here)

    done = _each(take, list(tree), wide=wide_here)
    if any(lost for _, lost in done):
        thinned.append(at)
    return sum(removed for removed, _ in done)


def _remove_below(
    above: int, tree: Tree, at: tuple[str, ...], thinned: list[tuple[str, ...]], *, wide: bool
) -> tuple[int, bool]:
    """How many files went, and whether their folder did, being empty."""
    try:
        fd = os.open(at[-1], _FOLDER, dir_fd=above)
    except (FileNotFoundError, NotADirectoryError):
        return 0, False
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return 0, False
    try:
        removed = _remove_some(fd, tree, at, thinned, wide=wide)
    finally:
        os.close(fd)
    try:
        os.rmdir(at[-1], dir_fd=above)
    except OSError:  # not empty, gone already, or a link by now
        return removed, False
    return removed, True


def _unlink(fd: int, name: str) -> tuple[int, bool]:
    try:
        os.unlink(name, dir_fd=fd)
    except FileNotFoundError:
        return 0, False
    except IsADirectoryError:  # somebody put a folder where the file was to be
        return _remove_all(fd, name), True
    return 1, True


def remove_tree(root: Path, *names: str) -> int:
    """The folder root/names… and all in it; a link in it goes itself, what it points to stays. How many files."""
    *above, last = names
    try:
        with folder(root, *above) as fd:
            removed = _remove_all(fd, last, wide=True)
            os.fsync(fd)
            return removed
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _remove_all(above: int, name: str, *, wide: bool = False) -> int:
    try:
        fd = os.open(name, _FOLDER, dir_fd=above)
    except FileNotFoundError:
        return 0
    except OSError:  # a link or a file where a folder was to be
        os.unlink(name, dir_fd=above)
        return 1

    def take(inner: str) -> int:
        try:
            os.unlink(inner, dir_fd=fd)
        except FileNotFoundError:
            return 0
        except IsADirectoryError:  # asked of the kernel by trying: most are files
            return _remove_all(fd, inner)
        return 1

    try:
        # What was sealed is read-only, its folders too.
        if not os.fstat(fd).st_mode & stat.S_IWUSR:
            os.fchmod(fd, 0o700)
        removed = sum(_each(take, os.listdir(fd), wide=wide))  # noqa: PTH208
    finally:
        os.close(fd)
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(name, dir_fd=above)
    return removed


def _each(take: Callable[[str], T], names: Sequence[str], *, wide: bool) -> list[T]:
    if not wide or len(names) < WIDE:
        return [take(name) for name in names]
    # Some slices for each thread: one that finds little takes another.
    step = -(-len(names) // (THREADS * 6))
    slices = [names[start : start + step] for start in range(0, len(names), step)]
    with ThreadPoolExecutor(THREADS, "remove") as pool:
        return [
            done for some in pool.map(lambda part: [take(name) for name in part], slices) for done in some
        ]


def is_below(root: Path, relative: str) -> bool:
    """Whether this name's folder is there and its own: no link on the way leads out of the store."""
    try:
        with folder(root, *PurePosixPath(relative).parts[:-1]):
            return True
    except OSError:
        return False


def names_in(root: Path, *names: str) -> list[str]:
    """Sorted; none when it is not there, or no folder of its own. A root that is none is an error."""
    try:
        with folder(root, *names) as fd:
            return sorted(os.listdir(fd))  # noqa: PTH208
    except FileNotFoundError:
        return []
    except OSError:
        if not names:
            raise
        return []


def walk(root: Path, *names: str) -> Iterator[tuple[str, int]]:
    """Everything below root/names… that is no folder, with its size; links are told as what they are."""
    try:
        with folder(root, *names) as fd, os.scandir(fd) as entries:
            found = sorted(filter(None, map(_seen, entries)))
    except FileNotFoundError:
        return
    except OSError:
        yield "/".join(names), 0
        return
    for name, size in found:
        if size is None:
            yield from walk(root, *names, name)
        else:
            yield "/".join((*names, name)), size


def _seen(entry: os.DirEntry[str]) -> tuple[str, int | None] | None:
    """A folder has no size; what is gone by now is nothing."""
    if entry.is_dir(follow_symlinks=False):
        return entry.name, None
    try:
        seen = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return entry.name, seen.st_size if stat.S_ISREG(seen.st_mode) else 0
