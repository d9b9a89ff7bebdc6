"""Clients of boto3 that speak another protocol of CloudWatch's than botocore's choice: those of other releases."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["client_of_protocol"]


def client_of_protocol(protocol: str, region_name: str, **options: Any) -> Any:
    """A client of CloudWatch that speaks ``query``, ``json`` or ``smithy-rpc-v2-cbor``."""
    return _session(protocol).client("cloudwatch", region_name=region_name, **options)


@cache
def _session(protocol: str) -> Any:
    import boto3
    import botocore.loaders
    import botocore.session

    model = json.loads(json.dumps(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2")))
    model["metadata"] |= {"protocol": protocol, "protocols": [protocol]}
    if protocol == "query":
        for name in ("awsQueryCompatible", "jsonVersion", "targetPrefix"):
            model["metadata"].pop(name, None)
        for name, operation in model["operations"].items():
            if "output" in operation:
                operation["output"]["resultWrapper"] = f"{name}Result"
    root = Path(tempfile.mkdtemp(prefix="minicloud-models-"))
    folder = root / "cloudwatch" / "2010-08-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    inner = botocore.session.Session()
    loader = botocore.loaders.Loader(extra_search_paths=[str(root)])
    loader._search_paths.insert(0, str(root))
    inner.register_component("data_loader", loader)
    return boto3.Session(botocore_session=inner)
