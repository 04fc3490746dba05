"""The case: a folder of plain files read into frozen objects, checked, edited and written back."""

from shatterbelt.case.creating import new_case
from shatterbelt.case.edit import AddClaim, DropClaim, Edit, MarkClaim, SetValue, read_journal, save_case
from shatterbelt.case.load import bundled, case_folder, case_warnings, check_case, load_case
from shatterbelt.case.order import dependencies, order
from shatterbelt.case.reviewing import Unreviewed, reviewed_part, unreviewed, with_unreviewed
from shatterbelt.case.schemas import schema

__all__ = [
    "AddClaim",
    "DropClaim",
    "Edit",
    "MarkClaim",
    "SetValue",
    "Unreviewed",
    "bundled",
    "case_folder",
    "case_warnings",
    "check_case",
    "dependencies",
    "load_case",
    "new_case",
    "order",
    "read_journal",
    "reviewed_part",
    "save_case",
    "schema",
    "unreviewed",
    "with_unreviewed",
]
