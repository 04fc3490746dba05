"""Results become one self-contained HTML page; nothing is computed here but how numbers are written."""

from shatterbelt.report.page import write_report

__all__ = ["write_report"]
