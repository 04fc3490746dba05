"""The case: a folder of plain files read into frozen objects, checked, edited and written back."""

from shatterbelt.case.load import bundled, case_warnings, check_case, load_case

__all__ = ["bundled", "case_warnings", "check_case", "load_case"]
