"""``make soak``: everything that may go wrong, with all seeds; exits 1 when a bar is missed and says which.

``PARTS=storm,races,postings,deadline,small,restore`` and ``SEEDS=2`` select; ``FACTORS=1,10`` the crowds of the
deadline.
"""

import os
import sys

from benchmarks.soak.parts import PARTS, measure
from config.messages import compile_messages
from tools import packages


def _chosen() -> list[str]:
    chosen = (os.environ.get("PARTS") or ",".join(PARTS)).split(",")
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    return chosen


def main() -> None:
    """Run the chosen parts; each writes its own table."""
    packages.ensure()
    compile_messages()
    missed = [miss for name in _chosen() for miss in measure(name)]
    for miss in missed:
        print(f"MISSED  {miss}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
