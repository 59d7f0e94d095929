"""`python -m spectrad_train`, the same as the command `spectrad-train`."""

import sys

from .cli import main

sys.exit(main())
