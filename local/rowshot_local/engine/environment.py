"""The environment that the engine, and with it every function, runs in."""

from __future__ import annotations

import os
from collections.abc import Mapping

from rowshot_local.engine.folder import EngineFolder

# Everything else of the user's environment stays out: functions inherit what the engine has, and
# must see neither the user's AWS keys nor tokens, proxies or Python settings.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")


def engine_environment(
    folder: EngineFolder,
    port: int,
    *,
    key: str,
    region: str,
    wait_scale: float,
    extra: Mapping[str, str],
    inherited: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The whole environment of the engine's process.

    Args:
        folder: Where the engine keeps its things.
        port: Where it listens, on 127.0.0.1 only.
        key: This start's access key; who names it may do everything.
        region: The region it plays.
        wait_scale: Wall seconds a nominal second of the state machines' waits takes.
        extra: Variables that every function sees, unless the template sets its own.
        inherited: The user's environment; the process's by default.
    """
    user = os.environ if inherited is None else inherited
    home = folder.temporary / "home"
    return {
        **{name: user[name] for name in _PASSED_ON if name in user},
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(folder.temporary),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": key,
        "AWS_DEFAULT_REGION": region,
        "MINISTACK_REGION": region,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder.live),
        "S3_DATA_DIR": str(folder.objects),
        # No container is ever looked for, whatever runs on this machine.
        "DOCKER_HOST": f"unix://{folder.root / 'no-docker'}",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "SFN_WAIT_SCALE": str(wait_scale),
        **extra,
    }
