"""AWS's regions, for a warning about a name that is nearly one of them. Loaded only when there is something to warn of.

Any name is taken: regions come, and some people name those of their mocks otherwise.
"""

from __future__ import annotations

import sys
import warnings
from difflib import get_close_matches

from .shown import shown

__all__ = ["warn_of"]

_REGIONS = """
af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-isoe-west-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2
eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1
us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 us-isof-east-1 us-isof-south-1 us-west-1
us-west-2
""".split()  # noqa: SIM905
"""Those that have SQS. [botocore 1.43.117]"""


def warn_of(region_name: str) -> None:
    """Warn of a name that is nearly a region's."""
    near = sorted(get_close_matches(region_name.lower(), _REGIONS, n=3, cutoff=0.75))
    if near:
        *others, last = near
        meant = f"{', '.join(others)} or {last}" if others else last
        warnings.warn(
            f"region_name={shown(region_name)} is not a region of AWS's: did you mean {meant}?",
            UserWarning,
            stacklevel=_frames_of_ours() + 1,
        )


def _frames_of_ours() -> int:
    """How many frames lie between here and the code that uses minicloud, which a warning is about."""
    package = __name__.partition(".")[0]
    frame, ours = sys._getframe(1), 0
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == package:
        frame, ours = frame.f_back, ours + 1
    return ours
