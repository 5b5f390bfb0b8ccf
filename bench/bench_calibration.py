"""How wrong calibrated drive times are on days that the fit did not see: San Francisco's fortnight, beside simpler forecasts."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.shared import DATA, ROOT

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate import calibrate, tell
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping

STREETS = DATA / "roads" / "san_francisco"
CALLS = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
EXAMPLES = ROOT / "docs" / "examples"


def run(report: Callable[..., None]) -> None:
    """Report the error of unseen days whole and by decile, the interval's coverage, the record's own noise, and wrong orders."""
    if not (STREETS.exists() and CALLS.exists()):
        print("San Francisco's streets and calls are not on this machine; nothing is measured.")
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "city"
        build([STREETS], out, mapping=EXAMPLES / "san-francisco.toml")
        record = read_record(CALLS, read_mapping(EXAMPLES / "san-francisco-calls.toml"))
        start = time.perf_counter()
        calibration = calibrate(City.open(out), record)
        took = time.perf_counter() - start
    print("\n".join(tell(calibration)))
    figures = calibration.figures
    responses = figures["responses"]
    data = f"San Francisco, first-arriving engine, {responses:,} responses on {figures['days']} days, each unseen"
    for name, peer in (("table", "uncalibrated class table"), ("straight", "straight line x factor"), ("affine", "constant + straight line")):
        report(name=f"calibration: drive time, median error (beside {name})", value=100 * figures["calibrated"]["median_ape"], unit="%",
               peer=peer, peer_value=100 * figures[name]["median_ape"], limit=8, runs=responses, data=data)
    for decile, (ours, table) in enumerate(zip(figures["calibrated"]["deciles"], figures["table"]["deciles"], strict=True), 1):
        report(name=f"calibration: drive time, error at {decile * 10} % of responses", value=100 * ours, unit="%",
               peer="uncalibrated class table", peer_value=100 * table, runs=responses, data=data)
    report(name="calibration: drive time, second week from the first", value=100 * figures["second_half"]["median_ape"], unit="%",
           runs=figures["second_half"]["responses"], data="San Francisco, fitted on 7 days, judged on the 7 after")
    report(name="calibration: dispatch to scene, median error", value=100 * figures["dispatch_to_scene"]["median_ape"], unit="%",
           peer="the record's own noise", peer_value=100 * figures["noise_eta"]["noise_median_ape"], runs=responses, data=data)
    report(name="calibration: drive time, error of a perfect model", value=100 * figures["noise"]["noise_median_ape"], unit="%",
           runs=int(figures["noise"]["trips"]), data="repeated trips from one station to one place")
    report(name="calibration: drive time, the model's own error", value=100 * figures["noise"]["model_median_ape"], unit="%",
           limit=8, runs=int(figures["noise"]["trips"]), data="repeated trips from one station to one place; 90 % interval "
           f"{100 * figures['noise']['model_low']:.1f} to {100 * figures['noise']['model_high']:.1f} %")
    for least in (5, 8):
        groups, missed = figures[f"by_cell_{least}"]["calibrated"]
        report(name=f"calibration: medians of {least} or more trips, median error", value=100 * missed, unit="%", peer="uncalibrated class table",
               peer_value=100 * figures[f"by_cell_{least}"]["table"][1], limit=8, runs=groups, data="one station into one H3 cell (res. 9)")
    pairs, missed = figures["agreed"]["calibrated"]
    report(name="calibration: two crews that agree within 10 %", value=100 * missed, unit="%", peer="uncalibrated class table",
           peer_value=100 * figures["agreed"]["table"][1], runs=pairs, data="two units of one station to one call")
    for key, what in (("coverage_drive", "drive"), ("coverage_eta", "dispatch to scene")):
        report(name=f"calibration: 90 % interval, share held, {what}", value=100 * figures[key], unit="%", runs=responses, data=data)
    report(name="calibration: 90 % interval, share held, all units", value=100 * figures["coverage_all"], unit="%",
           runs=calibration.fitted_on[0].runs, data="San Francisco, every run from quarters")
    for key, what in (("wrong_order_0_s", "from two stations"), ("wrong_order_30_s", "from two stations, 30 s apart"),
                      ("wrong_order_rolling", "on the road or in quarters")):
        pairs, wrong, expected = figures[key]["calibrated"]
        report(name=f"calibration: wrong order of units {what}", value=100 * wrong, unit="%", peer="uncalibrated class table",
               peer_value=100 * figures[key]["table"][1], runs=pairs, data=f"pairs to one call; {100 * expected:.1f} % by noise alone")
    report(name="calibration: fit and judgement", value=took, unit="s", runs=1, data=f"{calibration.fitted_on[0].runs:,} runs")
