"""`python -m api.commands`: the command `saha` where the project is not installed."""

import sys

from api.commands.command_line import main

if __name__ == "__main__":
    sys.exit(main())
