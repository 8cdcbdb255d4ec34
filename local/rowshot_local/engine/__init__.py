"""The laptop's AWS: MiniStack as a child process, and what ``sam deploy`` does, for it.

::

    with Engine(Path(".rowshot"), wait_scale=0.1) as engine:
        outputs = deploy(engine, Path("template.yaml"), "rowshot", {"TimeScale": "0.1"})
        engine.client("s3").upload_file("catalog.csv", outputs["InboxBucket"], "sheets/catalog.csv")
        picture = engine.cdn_get(engine.cdn_url(outputs["CdnDomain"]) + "/images/x.webp")
"""

from rowshot_local.engine.connection import CdnResponse, Connection
from rowshot_local.engine.deploy import deploy
from rowshot_local.engine.engine import Engine, attach
from rowshot_local.engine.errors import DeployFailed, EngineBusy, EngineError
from rowshot_local.engine.snapshots import Outcome, Recovery
from rowshot_local.engine.stacks import delete_stack, outputs

__all__ = [
    "CdnResponse",
    "Connection",
    "DeployFailed",
    "Engine",
    "EngineBusy",
    "EngineError",
    "Outcome",
    "Recovery",
    "attach",
    "delete_stack",
    "deploy",
    "outputs",
]
