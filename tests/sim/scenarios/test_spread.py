"""Replications side by side are those played one after another, bit for bit; a worker that is gone, and a scheduler that is not there, are told of."""

import os
import signal
from pathlib import Path
from threading import Event

import pytest
from distributed import LocalCluster

from tests.floor import PLAN, TABLE, small_city
from tests.sim.scenarios.worlds import day_of_calls
from tocsin.city.calibration import Calibration
from tocsin.kernel import Refused
from tocsin.sim.scenarios import spread
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.running import replications
from tocsin.sim.scenarios.scenario import DemandTable, DispatchPart, Scenario


def ground(folder: Path, count: int, days: float = 0.05) -> Ground:
    scenario = Scenario(format=1, name="a few calls", days=days, replications=count, demand=DemandTable(source="calls"), dispatch=DispatchPart(by="record"))
    return Ground(scenario, small_city(), Calibration.default(), PLAN, TABLE, day_of_calls(folder))


def told_to_nobody(number: int, part: float) -> None:
    pass


@pytest.mark.timeout(180)
def test_processes_and_dask_play_what_one_process_plays(tmp_path: Path) -> None:
    one, parts = ground(tmp_path, 3), list[tuple[int, float]]()
    alone = replications(one, None, Event(), told_to_nobody)
    assert len({outcome.digest for outcome in alone}) == 3
    assert replications(one, None, Event(), lambda number, part: parts.append((number, part)), workers=2) == alone
    assert {number for number, part in parts if part == 1.0} == {0, 1, 2}
    assert any(0 < part < 1 for _, part in parts), "progress is told while a worker plays"
    arrays = replications(one, None, Event(), told_to_nobody, on="arrays")
    assert [outcome.decisions for outcome in arrays] == [outcome.decisions for outcome in alone]
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        assert replications(one, tmp_path / "out", Event(), told_to_nobody, on="arrays", dask=cluster.scheduler_address) == arrays
    assert replications(one, tmp_path / "out", Event(), told_to_nobody, on="arrays", dask="tcp://nobody:1") == arrays, "what is kept is asked of nobody"


@pytest.mark.timeout(120)
def test_processes_that_were_stopped_go_on(tmp_path: Path) -> None:
    one, stopped, begun = ground(tmp_path, 4), Event(), list[int]()

    def stop_at_the_second(number: int, part: float) -> None:
        begun.append(number)
        if len(set(begun)) == 2:
            stopped.set()

    first = replications(one, tmp_path / "out", stopped, stop_at_the_second, workers=2)
    assert len(first) < 4
    whole = replications(one, tmp_path / "out", Event(), told_to_nobody)
    assert whole == replications(one, None, Event(), told_to_nobody)
    assert all(outcome in whole for outcome in first)


@pytest.mark.timeout(120)
def test_a_worker_that_is_killed_is_told_of_and_what_was_played_is_kept(tmp_path: Path) -> None:
    one, killed = ground(tmp_path, 3), list[int]()

    def kill_one(number: int, part: float) -> None:
        if part == 1.0 and not killed:
            me = Path(f"/proc/{os.getpid()}/task")
            children = {int(child) for task in me.iterdir() for child in (task / "children").read_text().split()}
            workers = [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
            killed.extend(workers)
            for worker in workers:
                os.kill(worker, signal.SIGKILL)

    with pytest.raises(spread.Lost):
        replications(one, tmp_path / "out", Event(), kill_one, workers=2)
    assert killed
    assert list((tmp_path / "out").glob("replication-*.json")), "the one that ended was kept"


def test_a_fault_in_a_worker_is_told_with_its_replication(tmp_path: Path) -> None:
    one = ground(tmp_path, 2)
    one.works = None  # type: ignore[assignment]  # nobody can work by this
    with pytest.raises(spread.Lost, match=r"replication [12]: AttributeError"):
        list(spread.over_processes(one, [0, 1], "arrays", 2, Event()))


def test_a_scheduler_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "END_S", 0.3)
    with pytest.raises(Refused) as no:
        replications(ground(tmp_path, 2), None, Event(), told_to_nobody, dask="tcp://127.0.0.1:9")
    assert no.value.code == "dask_unreachable"
