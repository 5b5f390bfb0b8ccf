"""What is seen of aid: what is asked both ways, units lent and borrowed, and letters that the other city has not taken in yet."""

from tocsin.rooms.aid.views.askings import AidRow, Aids, LoanRow, Loans
from tocsin.rooms.aid.views.candidates import Candidates, Ground, read_candidates
from tocsin.rooms.aid.views.due import to_settle
from tocsin.rooms.aid.views.outbox import LetterRow, Letters
from tocsin.rooms.aid.views.table import AidView, aid_view

__all__ = ["AidRow", "AidView", "Aids", "Candidates", "Ground", "LetterRow", "Letters", "LoanRow", "Loans", "aid_view", "read_candidates", "to_settle"]
