"""``python -m shatterbelt`` is ``shatterbelt``."""

from shatterbelt.cli import main

main(prog_name="shatterbelt")
