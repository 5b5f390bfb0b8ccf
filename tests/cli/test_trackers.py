"""Where trackers are heard is read once, by the command that serves; an address that is none stops it with a line that says so."""

import pytest

from tocsin.cli import main
from tocsin.cli.settings import Stop
from tocsin.cli.trackers import place


@pytest.mark.parametrize(("said", "is_"), [("0.0.0.0:5020", ("0.0.0.0", 5020)), ("[::1]:5020", ("::1", 5020)), ("trackers.example:1", ("trackers.example", 1))])
def test_a_place_is_host_and_port(said: str, is_: tuple[str, int]) -> None:
    assert place(said, "--nmea") == is_


@pytest.mark.parametrize("said", ["5020", ":5020", "host:", "host:x", "host:0", "host:70000", ""])
def test_what_is_no_place_is_said_so(said: str) -> None:
    with pytest.raises(Stop, match="say HOST:PORT"):
        place(said, "--nmea")


def test_the_command_that_serves_has_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    said = capsys.readouterr().out
    assert "--nmea HOST:PORT" in said
