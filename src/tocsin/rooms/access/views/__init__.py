"""What people may see of access, one module per topic."""

from tocsin.rooms.access.views.findings import FindingRow, Findings, FindingView, read_finding
from tocsin.rooms.access.views.forgetting import (
    HoldRow,
    Holds,
    HoldView,
    RetentionView,
    read_hold,
    retention_reader,
    standing_holds,
    stands,
)
from tocsin.rooms.access.views.glass import Glass, GlassRow, GlassView, overdue, read_glass, standing
from tocsin.rooms.access.views.rights import Right, RightsView, RuleSaid, rights_reader

__all__ = [
    "FindingRow", "FindingView", "Findings", "Glass", "GlassRow", "GlassView", "HoldRow", "HoldView", "Holds", "RetentionView", "Right", "RightsView",
    "RuleSaid", "overdue", "read_finding", "read_glass", "read_hold", "retention_reader", "rights_reader", "standing", "standing_holds", "stands",
]
