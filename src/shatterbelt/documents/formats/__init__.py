"""What each kind of file gives: its characters, what it says of itself, and the parts it is made of."""

from shatterbelt.documents.formats.taken import Piece, Taken, fault

__all__ = ["Piece", "Taken", "fault"]
