"""A calibration's figures as lines that a person can read: how wrong, against what, and how wrong the record itself is."""

from typing import Any

from tocsin.city.calibration import Calibration

_NAMES = {
    "calibrated": "calibrated",
    "table": "class table, uncalibrated",
    "straight": "straight line x factor",
    "affine": "constant + straight line",
}


def tell(calibration: Calibration) -> list[str]:
    """Return the report that `tocsin city calibrate` prints; one that was not fitted says that it is the default."""
    observed = calibration.figures.get("observed")
    moved = [f"Factors by class and hour were moved by {observed['drives']:,} drives' positions on {observed['days']:,} days."] if observed else []
    if not calibration.fitted_on:
        return ["The documented default; no record has been read.", *moved]
    fitted, figures = calibration.fitted_on[0], calibration.figures
    left = ", ".join(f"{rule} {count:,}" for rule, count in fitted.left_out.items() if count)
    lines = [
        f"{fitted.name}, {fitted.first_day} to {fitted.last_day}: {fitted.runs:,} runs from quarters on {fitted.days} days.",
        f"Left out: {left}." if left else "Nothing was left out.",
        f"Drive time of the first-arriving {figures['kind']} on days not seen, {figures['responses']:,} responses:",
        f"  {'':26s}{'median':>7s}   10 %  20 %  30 %  40 %  50 %  60 %  70 %  80 %  90 % of responses are within",
    ]
    lines += [_errors(_NAMES[name], figures[name]) for name in _NAMES]
    lines.append(f"Dispatch to scene, {figures['responses']:,} responses:")
    lines.append(_errors("calibrated", figures["dispatch_to_scene"]))
    lines.append(
        f"The 90 % interval held {_share(figures['coverage_drive'])} of the drives, {_share(figures['coverage_eta'])} of the times from "
        f"dispatch to scene, and {_share(figures['coverage_all'])} of the drives of all units."
    )
    return lines + _beside_noise(figures) + _orders(figures) + moved


def _errors(name: str, figures: dict[str, Any]) -> str:
    return f"  {name:26s}{_share(figures['median_ape']):>7s} " + "".join(f"{100 * share:5.1f}%" for share in figures["deciles"])


def _beside_noise(figures: dict[str, Any]) -> list[str]:
    lines = []
    noise = figures["noise"]
    if "model_median_ape" in noise:
        lines.append(
            f"Trips from one station to one place ({noise['trips']:.0f} trips, {noise['routes']:.0f} places) differ among themselves so much that a "
            f"perfect model would be wrong by {_share(noise['noise_median_ape'])}; the model's own part is {_share(noise['model_median_ape'])} "
            f"(between {_share(noise['model_low'])} and {_share(noise['model_high'])})."
        )
    for key in sorted(key for key in figures if key.startswith("by_cell_")):
        groups, missed = figures[key]["calibrated"]
        if groups:
            lines.append(
                f"Medians of {key.removeprefix('by_cell_')} or more trips from one station into one cell ({groups}) are missed by {_share(missed)}."
            )
    return lines


def _orders(figures: dict[str, Any]) -> list[str]:
    lines = []
    for key, what in (
        ("wrong_order_0_s", "two stations' units to one call"),
        ("wrong_order_rolling", "a unit on the road and one in quarters"),
    ):
        pairs, wrong, expected = figures[key]["calibrated"]
        if pairs:
            others = (
                f"{_share(figures[key]['table'][1])} by the table, {_share(figures[key]['straight'][1])} by the straight line"
            )
            lines.append(
                f"Wrong order of {what}: {_share(wrong)} of {pairs} pairs ({others}; {_share(expected)} by the record's noise alone)."
            )
    return lines


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
