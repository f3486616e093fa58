"""Removing files below a root without ever following a link: neither of the last name nor of a folder on the way."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


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
    """One file, and the folders it leaves empty. False when it was not there.

    Where a folder on the way is a link, what lies behind it is not ours and stays.
    """
    *names, last = PurePosixPath(relative).parts
    if ".." in names or last == "..":
        raise ValueError(relative)
    try:
        with folder(root, *names) as fd:
            os.unlink(last, dir_fd=fd)
    except (FileNotFoundError, NotADirectoryError):
        removed = False
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        removed = False
    else:
        removed = True
    prune(root, names)
    return removed


def prune(root: Path, names: list[str]) -> None:
    """The folders root/names…, from the deepest, as long as they are empty."""
    while names:
        *above, last = names
        try:
            with folder(root, *above) as fd:
                os.rmdir(last, dir_fd=fd)
        except OSError:  # not empty, gone already, or a link
            return
        names = above


def remove_tree(root: Path, *names: str) -> int:
    """The folder root/names… and all in it; a link in it goes itself, what it points to stays. How many files."""
    *above, last = names
    try:
        with folder(root, *above) as fd:
            return _remove_all(fd, last)
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _remove_all(above: int, name: str) -> int:
    try:
        fd = os.open(name, _FOLDER, dir_fd=above)
    except FileNotFoundError:
        return 0
    except OSError:  # a link or a file where a folder was to be
        os.unlink(name, dir_fd=above)
        return 1
    removed = 0
    try:
        # What was sealed is read-only, its folders too. Recordings are not, and are many: one write less for each.
        if not os.fstat(fd).st_mode & stat.S_IWUSR:
            os.fchmod(fd, 0o700)
        with os.scandir(fd) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for inner, is_folder in found:
            if is_folder:
                removed += _remove_all(fd, inner)
            else:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(inner, dir_fd=fd)
                    removed += 1
    finally:
        os.close(fd)
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(name, dir_fd=above)
    return removed


def walk(root: Path, *names: str) -> Iterator[tuple[str, int]]:
    """Everything below root/names… that is no folder, with its size; links are told as what they are."""
    try:
        with folder(root, *names) as fd, os.scandir(fd) as entries:
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except FileNotFoundError:
        return
    except OSError:
        yield "/".join(names), 0
        return
    for name, is_folder in found:
        if is_folder:
            yield from walk(root, *names, name)
        else:
            path = root.joinpath(*names, name)
            with contextlib.suppress(FileNotFoundError):
                seen = path.lstat()
                yield "/".join((*names, name)), seen.st_size if stat.S_ISREG(seen.st_mode) else 0
