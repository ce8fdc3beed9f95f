"""`python -m sandbox`: run the pretend DingTalk in the foreground."""

import argparse
import sys
from pathlib import Path

from sandbox.server import CLIENT_ID, CLIENT_SECRET, PORT, PortTaken, run
from sandbox.town import BadTown


def main() -> int:
    """Run with the given options; one clear sentence on stderr when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A pretend DingTalk on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--town", type=Path, default=None, metavar="FILE", help="another town than the invented one")
    parser.add_argument("--client-id", default=CLIENT_ID)
    parser.add_argument("--client-secret", default=CLIENT_SECRET)
    chosen = parser.parse_args()
    try:
        run(
            chosen.town,
            host=chosen.host,
            port=chosen.port,
            client_id=chosen.client_id,
            client_secret=chosen.client_secret,
        )
    except (BadTown, PortTaken) as err:
        sys.stderr.write(f"{err}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
