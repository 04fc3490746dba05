"""What the user sees when something goes wrong: a message and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from shatterbelt.errors import RequestError, ShatterbeltError

TRACEBACK = "SHATTERBELT_TRACEBACK"
"""Environment variable that shows the traceback of a fault of the program."""


class Failure(click.ClickException):
    """Faults in what was read or asked: print the message as it is on stderr, leave with code 1."""

    def show(self, file: object = None) -> None:  # noqa: ARG002  # click's signature
        """Write the message to stderr."""
        click.echo(self.format_message(), err=True)


class WrongUsage(Failure):
    """The command asks for something that is not there."""

    exit_code = 2


class ProgramFault(Failure):
    """The program itself is at fault (EX_SOFTWARE)."""

    exit_code = 70


class Stopped(Failure):
    """The user stopped the program (128 + SIGINT)."""

    exit_code = 130


@contextmanager
def told(*, traceback: bool = False) -> Iterator[None]:
    """Turn every exception of the block into a message and an exit code.

    Click's own (usage errors, exits) and closed pipes pass: click handles them as users expect.
    With ``traceback``, a fault of the program is raised as it is.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        raise Stopped("\nStopped. Nothing was left half-written.") from None
    except RequestError as error:
        raise WrongUsage(f"Error: {error}") from None
    except ShatterbeltError as error:
        raise Failure(str(error)) from None
    except MemoryError:
        raise Failure("Error: not enough memory; try fewer --futures or an earlier --until") from None
    except OSError as error:
        if error.errno == errno.EPIPE or error.filename is None or traceback:
            raise
        raise Failure(f"Error: {error.filename}: {error.strerror}") from None
    except Exception as error:
        if traceback or os.environ.get(TRACEBACK):
            raise
        raise ProgramFault(_fault_of_the_program(error)) from error


def _fault_of_the_program(error: Exception) -> str:
    kind = type(error).__name__
    first = (str(error).splitlines() or [""])[0][:200]
    command = "shatterbelt " + " ".join(sys.argv[1:])
    return (
        f"This is a fault of the program, not yours: {kind}: {first}\n"
        f"Nothing was left half-written. Please report it where you got Shatterbelt from, with the command\n"
        f"  {command}\n"
        f"and what it prints when {TRACEBACK}=1 is set in the environment."
    )
