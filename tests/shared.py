"""Where the real data stand that tests read in place; absent, the tests that need them skip and say so."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TOCSIN_SHARED", ROOT.parent / "shared")) / "data"


def needs_data(*parts: str) -> pytest.MarkDecorator:
    """Skip, by name and with the reason, where a file of the shared real data is not on this machine."""
    path = DATA.joinpath(*parts)
    return pytest.mark.skipif(not path.exists(), reason=f"real data {'/'.join(parts) or 'folder'} is not on this machine")
