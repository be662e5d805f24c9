"""How many examples the property tests try: some in every run, far more in `make fuzz`."""

import os

from hypothesis import settings

#: `make fuzz TIMES=50` tries so many times as many, and others each time.
TIMES = int(os.environ.get("EXAMPLES_TIMES", "1"))
IS_FUZZ = TIMES > 1

settings.register_profile("suite", max_examples=20 * TIMES, deadline=None)
settings.load_profile("suite")
