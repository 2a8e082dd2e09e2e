"""Start the live book: ``python -m d2l_book.live``."""

from d2l_book.live.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
