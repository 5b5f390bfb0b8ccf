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
from tocsin.rooms.access.views.samples import DrawnShowing, SampleRow, Samples, SampleView, late_samples, read_sample

__all__ = [
    "DrawnShowing", "ExportRow", "ExportView", "Exports", "FindingRow", "FindingView", "Findings", "Glass", "GlassRow", "GlassView", "HoldRow",
    "HoldView", "Holds", "OwnFinding", "OwnFindings", "Received", "Receiving", "RetentionView", "Right", "RightsView",
    "RuleSaid", "SampleRow", "SampleView", "Samples", "export_of", "late_samples", "overdue", "read_export", "read_finding", "read_glass", "read_hold", "read_own_findings",
    "read_received", "read_sample", "retention_reader", "rights_reader", "standing", "standing_holds", "stands",
]
