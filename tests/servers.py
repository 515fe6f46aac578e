"""What a test needs to ask a Spark Connect server of this process; it skips aloud where that is not installed."""

import sys

import pytest

EXTRA = 'the extra is not installed: `pip install "csq[spark]"`'


def client() -> None:
    """Load the client."""
    # It takes a process whose main module has no file, as those of pytest-xdist are, for doctests, and ends it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
        pytest.importorskip("pyspark.sql.connect.session", reason=EXTRA)


def sail():
    """The module of a server that needs no Java."""
    client()
    return pytest.importorskip("pysail.spark", reason="no server to ask: `pip install pysail`")
