"""`python -m csq`."""

import sys

from csq.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
