"""Run one partitioned training step: ``python -m d2l_utils.partition``."""

from d2l_utils.partition.command import main

if __name__ == "__main__":
    raise SystemExit(main())
