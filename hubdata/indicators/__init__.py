"""Tables in, numbers out: pure functions without files, database or screen. One file per subject."""

import sys

# igraph imports matplotlib for drawings of its own whenever it is installed. We draw nothing with it; only reports need
# matplotlib, and a server that starts should neither wait for it nor look for a place for its cache.
_is_hidden = "matplotlib" not in sys.modules
if _is_hidden:
    sys.modules["matplotlib"] = None  # type: ignore[assignment]
try:
    import igraph  # noqa: F401
finally:
    if _is_hidden:
        del sys.modules["matplotlib"]
