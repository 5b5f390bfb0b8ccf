"""What people may see of access, one module per topic."""

from tocsin.rooms.access.views.findings import (
    FindingRow,
    Findings,
    FindingView,
    OwnFinding,
    OwnFindings,
    read_finding,
    read_own_findings,
)
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
from tocsin.rooms.access.views.outflow import (
    ExportRow,
    Exports,
    ExportView,
    Received,
    Receiving,
    export_of,
    read_export,
    read_received,
)
from tocsin.rooms.access.views.rights import Right, RightsView, RuleSaid, rights_reader
from tocsin.rooms.access.views.trail import MOST_LINES as TRAIL_LINES
from tocsin.rooms.access.views.trail import (
    DelaysView,
    DelayView,
    OwnTrail,
    TrailLine,
    bound,
    own_lines,
    read_delay,
    read_delays,
    tags_of_trail,
    withheld,
)

__all__ = [
    "TRAIL_LINES", "DelayView", "DelaysView",
    "ExportRow", "ExportView", "Exports", "FindingRow", "FindingView", "Findings", "Glass", "GlassRow", "GlassView", "HoldRow",
    "HoldView", "Holds", "OwnFinding", "OwnFindings", "OwnTrail", "Received", "Receiving", "RetentionView", "Right", "RightsView",
    "RuleSaid", "TrailLine", "bound", "export_of", "overdue", "own_lines", "read_delay", "read_delays", "read_export", "read_finding", "read_glass", "read_hold", "read_own_findings",
    "read_received", "retention_reader", "rights_reader", "standing", "standing_holds", "stands", "tags_of_trail", "withheld",
]
