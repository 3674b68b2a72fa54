"""``python -m benchmarks.profile JOB [SIZE]``: where the milliseconds of a page go, on the data of `make bench`.

Keeps its database between runs, as ``make bench KEEP=1`` does; the first run fills it.
"""

import os
import sys

from benchmarks.__main__ import folder_of
from benchmarks.stack import Stack


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    size = int(sys.argv[2]) if len(sys.argv) == 3 else 1_000
    with Stack(folder_of(size)) as stack:
        stack.seed(size)
        stack.manage("bench_profile", sys.argv[1], f"--lines={os.environ.get('LINES_SHOWN') or 40}", show=True)


if __name__ == "__main__":
    main()
