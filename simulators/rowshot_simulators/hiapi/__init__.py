"""A simulated hiapi, written from the vendor's documentation: stateful, exact, and scriptable.

It imports nothing of the core, or it would share the core's misreadings. In a test::

    with start_simulator(SimulatorOptions(time_scale=0.01)) as simulator:
        ...  # HIAPI_BASE_URL=simulator.base_url, HIAPI_TOKEN=simulator.token
        assert simulator.state()["tasks_created"] == 12

On its own it runs by ``run_forever``, which is ``rowshot sim hiapi``.
"""

from .faults import Fault
from .options import SimulatorOptions
from .server import HiapiSimulator, run_forever, start_simulator

__all__ = ["Fault", "HiapiSimulator", "SimulatorOptions", "run_forever", "start_simulator"]
