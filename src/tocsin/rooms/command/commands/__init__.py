"""What may be asked of the command room, one file for each matter."""

from tocsin.rooms.command.commands.agencies import AgencyCommand, ForAgency
from tocsin.rooms.command.commands.facilities import BeginDiversion, EndDiversion, ReportCapacity, SendPatients
from tocsin.rooms.command.commands.majors import (
    ChangeLevel,
    DeclareMajor,
    DropObjective,
    EndMajor,
    EndSector,
    GatherIncident,
    GiveRole,
    MajorCommand,
    MakeSector,
    MeetObjective,
    NoteLog,
    PlaceResource,
    ReleaseIncident,
    SetObjective,
    TakeRoleBack,
)
from tocsin.rooms.command.commands.reads import ReadCommand, ReadFacilities, ReadHospitals, ReadMajor, ReadTask, ReadTasks
from tocsin.rooms.command.commands.tasks import AcceptTask, DeclineTask, FinishTask, GiveTask, NoteTask, TaskCommand, WithdrawTask

__all__ = [
    "AcceptTask", "AgencyCommand", "BeginDiversion", "ChangeLevel", "DeclareMajor", "DeclineTask", "DropObjective", "EndDiversion",
    "EndMajor", "EndSector", "FinishTask", "ForAgency", "GatherIncident", "GiveRole", "GiveTask", "MajorCommand", "MakeSector",
    "MeetObjective", "NoteLog", "NoteTask", "PlaceResource", "ReadCommand", "ReadFacilities", "ReadHospitals", "ReadMajor",
    "ReadTask", "ReadTasks", "ReleaseIncident", "ReportCapacity", "SendPatients", "SetObjective", "TakeRoleBack", "TaskCommand",
    "WithdrawTask",
]
