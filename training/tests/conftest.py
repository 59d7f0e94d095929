"""What several tests need: a recording of synthetic donors."""

import subprocess

import pytest
from programs import SPECTRASIM

DONORS = 60


@pytest.fixture(scope="session")
def donors(tmp_path_factory):
    """A recording of 60 synthetic donors, two scans each."""
    path = tmp_path_factory.mktemp("donors") / "donors.scans.ndjson"
    command = [SPECTRASIM, "synthesize", "blood", "--seed", "5", "--donors", str(DONORS)]
    subprocess.run([*command, "--scans", "2", "-o", path], check=True, capture_output=True)
    return path
