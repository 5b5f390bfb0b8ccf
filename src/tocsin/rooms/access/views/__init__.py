"""What people may see of access, one module per topic."""

from tocsin.rooms.access.views.findings import FindingRow, Findings, FindingView, read_finding
from tocsin.rooms.access.views.glass import Glass, GlassRow, GlassView, overdue, read_glass, standing
from tocsin.rooms.access.views.rights import Right, RightsView, RuleSaid, rights_reader

__all__ = ["FindingRow", "FindingView", "Findings", "Glass", "GlassRow", "GlassView", "Right", "RightsView", "RuleSaid", "overdue", "read_finding", "read_glass", "rights_reader", "standing"]
