import shutil
from pathlib import Path

import pytest

GOOD = Path(__file__).parent / "good"


@pytest.fixture
def good(tmp_path):
    """A copy of the good case that a test may spoil."""
    return Path(shutil.copytree(GOOD, tmp_path / "case"))
