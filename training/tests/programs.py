"""Where the tests find the programs that `make build` leaves, and what they say without them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("SPECTRAD_PROGRAMS", ROOT / ".build" / "release"))
SPECTRACTL = BUILT / "spectractl"
SPECTRASIM = BUILT / "spectrasim"

needs_programs = pytest.mark.skipif(
    not (SPECTRACTL.exists() and SPECTRASIM.exists()),
    reason=f"spectractl and spectrasim are not in {BUILT}: `make build` makes them",
)
