"""The worker with the demo's clock: `python -m demo.worker`."""

import logging

from demo.service import create

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    create().extensions["worker"]().run_until_signal()
