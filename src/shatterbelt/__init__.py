"""Turn political reporting into a causal model that runs, and let the record judge it.

Importing the package stays cheap: ``shatterbelt --help`` must not wait for JAX. What lives in
``shatterbelt.api`` is therefore looked up the first time that it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shatterbelt.api import load, read, resolve

__all__ = ["__version__", "load", "read", "resolve"]

__version__ = "0.1.0"

_FROM_API = frozenset({"load", "read", "resolve"})


def __getattr__(name: str) -> object:
    """Return a public name of ``shatterbelt.api``, importing that module on first use."""
    if name not in _FROM_API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from shatterbelt import api

    value: object = getattr(api, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, so that completion shows the lazy ones too."""
    return sorted({*globals(), *__all__})
