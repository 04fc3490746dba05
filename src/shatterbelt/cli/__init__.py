"""The command line: parse, call ``shatterbelt.api``, show. Nothing heavy is imported before it is needed."""

from shatterbelt.cli.commands import main
from shatterbelt.cli.drafting import new
from shatterbelt.cli.fitting import fit
from shatterbelt.cli.reading import read
from shatterbelt.cli.scoring import score

main.add_command(fit)
main.add_command(new)
main.add_command(read)
main.add_command(score)

__all__ = ["main"]
