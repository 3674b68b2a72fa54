"""A disk small enough to be filled: a file system in memory in place of the folder of uploads and letters."""

import os
import subprocess
from pathlib import Path

SIZE_MEGABYTES = 128
BALLAST = "ballast"


class SmallDisk:
    """Mounts itself over ``folder``; `fill` leaves no byte free and `free` takes that back. Needs root.

    Without the right to mount nothing happens, and `works` says so.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.works = False

    def __enter__(self) -> "SmallDisk":
        size = f"size={SIZE_MEGABYTES}m,mode=700"
        command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self._folder)]
        self.works = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
        return self

    def __exit__(self, *_: object) -> None:
        if self.works:
            subprocess.run(["umount", "--lazy", str(self._folder)], check=False)

    def fill(self) -> None:
        """Leave no byte free."""
        if self.works:
            with (self._folder / BALLAST).open("ab", buffering=0) as ballast:
                try:
                    while True:
                        ballast.write(bytes(64 * 1024))
                except OSError:
                    pass

    def free(self) -> None:
        """Give the room back."""
        (self._folder / BALLAST).unlink(missing_ok=True)
