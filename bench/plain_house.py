"""The peer of bench_plain: calls, units and a board as one writes them with SQLAlchemy and FastAPI, in rows that are changed in place."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Literal

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.schema import CreateSchema, DropSchema

from tocsin.edges.web.serving import listen

SCHEMA = "plain"
_POOL = 16
"""Connections kept: more than two cores can use at once, and what sixty-four callers wait for in turn."""


class Table(DeclarativeBase):
    """Every table of this peer, in a schema of its own."""

    metadata = MetaData(schema=SCHEMA)


class Unit(Table):
    """A unit on duty and its state."""

    __tablename__ = "units"
    callsign: Mapped[str] = mapped_column(primary_key=True)
    shift: Mapped[str]
    state: Mapped[str] = mapped_column(default="available")


class Incident(Table):
    """An incident, open until it has a disposition."""

    __tablename__ = "incidents"
    __table_args__ = (CheckConstraint("priority BETWEEN 1 AND 4"),
                      Index("incidents_open", "priority", "opened_at", postgresql_where=text("closed_at IS NULL")))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    priority: Mapped[int]
    lon: Mapped[float]
    lat: Mapped[float]
    address: Mapped[str]
    notes: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]
    disposition: Mapped[str | None]
    assignments: Mapped[list["Assignment"]] = relationship(
        primaryjoin="and_(Incident.id == Assignment.incident_id, Assignment.ended_at == None)", viewonly=True)


class Assignment(Table):
    """A unit sent to an incident; at most one of a unit has not ended."""

    __tablename__ = "assignments"
    __table_args__ = (Index("assignments_one_each", "unit", unique=True, postgresql_where=text("ended_at IS NULL")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey(Unit.callsign))
    eta_s: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class PlaceIn(BaseModel):
    """Where it is said to be."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    text: Annotated[str, Field(max_length=300)] = ""


class IncidentIn(BaseModel):
    """A call that becomes an incident."""

    place: PlaceIn
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    priority: Annotated[int, Field(ge=1, le=4)]
    notes: Annotated[str, Field(max_length=4000)] = ""


class Opened(BaseModel):
    """The number it got."""

    id: int


class UnitIn(BaseModel):
    """A unit on its shift."""

    unit: Annotated[str, Field(max_length=40)]
    shift: Annotated[str, Field(max_length=40)]
    eta_s: Annotated[int, Field(ge=-1, le=86_400)] = -1


class CloseIn(BaseModel):
    """How it ended."""

    disposition: Annotated[str, Field(min_length=1, max_length=40)]


class Done(BaseModel):
    """It was done."""

    done: Literal[True] = True


class UnitOut(BaseModel):
    """A unit's row."""

    model_config = ConfigDict(from_attributes=True)
    callsign: str
    shift: str
    state: str


class IncidentOut(BaseModel):
    """An open incident's row, with the units on it."""

    id: int
    kind: str
    priority: int
    lon: float
    lat: float
    address: str
    opened_at: datetime
    units: list[str]


class BoardOut(BaseModel):
    """What a desk looks at."""

    incidents: list[IncidentOut]
    units: list[UnitOut]


def plain(engine: AsyncEngine) -> FastAPI:
    """The application: one transaction a request, committed before it answers."""
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI()

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as one:
            yield one

    @app.post("/api/incidents")
    async def open_incident(said: IncidentIn, db: Annotated[AsyncSession, Depends(session)]) -> Opened:
        incident = Incident(kind=said.kind, priority=said.priority, lon=said.place.lon, lat=said.place.lat, address=said.place.text, notes=said.notes)
        async with db.begin():
            db.add(incident)
        return Opened(id=incident.id)

    @app.post("/api/incidents/{number}/assign")
    async def assign(number: int, said: UnitIn, db: Annotated[AsyncSession, Depends(session)]) -> Done:
        async with db.begin():
            unit, _ = await _locked(db, said, number)
            if unit.state != "available":
                raise HTTPException(409, "the unit is not available")
            unit.state = "assigned"
            db.add(Assignment(incident_id=number, unit=unit.callsign, eta_s=said.eta_s))
        return Done()

    @app.post("/api/incidents/{number}/stand-down")
    async def stand_down(number: int, said: UnitIn, db: Annotated[AsyncSession, Depends(session)]) -> Done:
        async with db.begin():
            unit, _ = await _locked(db, said, number)
            sent = (await db.scalars(select(Assignment).where(Assignment.unit == unit.callsign, Assignment.incident_id == number,
                                                              Assignment.ended_at.is_(None)))).one_or_none()
            if sent is None:
                raise HTTPException(409, "the unit is not on this incident")
            sent.ended_at, unit.state = func.now(), "available"
        return Done()

    @app.post("/api/incidents/{number}/close")
    async def close(number: int, said: CloseIn, db: Annotated[AsyncSession, Depends(session)]) -> Done:
        async with db.begin():
            incident = await _open_one(db, number)
            if await db.scalar(select(func.count()).where(Assignment.incident_id == number, Assignment.ended_at.is_(None))):
                raise HTTPException(409, "units are still on it")
            incident.closed_at, incident.disposition = func.now(), said.disposition
        return Done()

    @app.get("/api/board")
    async def board(db: Annotated[AsyncSession, Depends(session)]) -> BoardOut:
        found = await db.scalars(select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.priority, Incident.opened_at)
                                 .options(selectinload(Incident.assignments)))
        incidents = [IncidentOut(id=one.id, kind=one.kind, priority=one.priority, lon=one.lon, lat=one.lat, address=one.address, opened_at=one.opened_at,
                                 units=[sent.unit for sent in one.assignments]) for one in found]
        units = await db.scalars(select(Unit).order_by(Unit.callsign))
        return BoardOut(incidents=incidents, units=[UnitOut.model_validate(unit) for unit in units])

    return app


async def _locked(db: AsyncSession, said: UnitIn, number: int) -> tuple[Unit, Incident]:
    """The unit and the open incident, each row locked until the end of the transaction; always in this order, so that no two wait for one another."""
    unit = await db.get(Unit, said.unit, with_for_update=True)
    if unit is None or unit.shift != said.shift:
        raise HTTPException(404, "no such unit on this shift")
    return unit, await _open_one(db, number)


async def _open_one(db: AsyncSession, number: int) -> Incident:
    incident = await db.get(Incident, number, with_for_update=True)
    if incident is None:
        raise HTTPException(404, "no such incident")
    if incident.closed_at is not None:
        raise HTTPException(409, "the incident is closed")
    return incident


def serve(address: str, units: int) -> None:
    """Serve it over the database at this address, its tables made anew; say the port on one line."""
    engine = create_async_engine(address.replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=_POOL, max_overflow=0)

    @asynccontextmanager
    async def laid(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.execute(DropSchema(SCHEMA, cascade=True, if_exists=True))
            await connection.execute(CreateSchema(SCHEMA))
            await connection.run_sync(Table.metadata.create_all)
            await connection.execute(insert(Unit), [{"callsign": f"U{n}", "shift": "bench", "state": "available"} for n in range(units)])
        print(listener.getsockname()[1], os.getpid(), flush=True)
        yield
        async with engine.begin() as connection:
            await connection.execute(DropSchema(SCHEMA, cascade=True))
        await engine.dispose()

    listener = listen("127.0.0.1", 0)
    app = plain(engine)
    app.router.lifespan_context = laid
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)).run([listener])


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
