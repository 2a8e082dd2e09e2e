"""Train the networks on noisy digits, and store what was measured after every epoch.

    OMP_NUM_THREADS=1 python tools/train_noisy_digits.py

It takes about a minute; `d2l_utils.generalization.noisy_runs` says what is trained, from which
seeds.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from d2l_utils.generalization.noisy_runs import format_runs, train_noisy_runs  # noqa: E402


def main() -> None:
    """Train all, and store."""
    runs, _ = train_noisy_runs()
    file = ROOT / "d2l_utils/generalization/stored/noisy_digits.json"
    file.write_text(format_runs(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
