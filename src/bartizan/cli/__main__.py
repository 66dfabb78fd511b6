"""`python -m bartizan.cli` is `bartizan`, for where the script is not on the path."""

import sys

from bartizan.cli import main

sys.exit(main())
