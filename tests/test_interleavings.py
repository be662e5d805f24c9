"""Whatever people, clocks and crashes do in whatever order: nobody is lost, nobody is outed."""

from hypothesis import HealthCheck, Phase, settings

from tests.examples import IS_FUZZ, TIMES
from tests.simulation.machine import Interleavings

#: The same each time, so that nobody is stopped by luck; `make simulate` tries others.
settings.register_profile(
    "interleavings",
    max_examples=4 * TIMES,
    stateful_step_count=22,
    derandomize=not IS_FUZZ,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings.get_profile("interleavings")
