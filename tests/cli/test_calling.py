"""The table of calling as a city gives it: with its keys from files beside it, and one sentence where something is wrong."""

from pathlib import Path

import pytest

from tocsin.cli.reading import read_calling
from tocsin.cli.settings import SAMPLES, Stop


def test_the_sample_is_sound_and_says_that_it_is_one() -> None:
    table = read_calling(SAMPLES / "calling.toml")
    assert table.sample
    assert [(means.kind, means.says) for means in table.means] == [("push", "")]


def test_what_the_sample_leaves_out_is_sound_too(tmp_path: Path) -> None:
    lines = (SAMPLES / "calling.toml").read_text(encoding="utf-8").splitlines()
    begins = ("# [[", "# [sms", "# [mail", "# kind", "# wait_s =", "# url", "# fields", "# headers", "# key_file", "# host", "# port", "# sender", "# user")
    file = tmp_path / "calling.toml"
    file.write_text("\n".join(line.removeprefix("# ") if line.startswith(begins) else line for line in lines), encoding="utf-8")
    with pytest.raises(Stop, match=r"sms\.key"):
        read_calling(file)
    for name in ("sms.key", "mail.key"):
        (tmp_path / name).write_text(f"the key of {name}\n", encoding="utf-8")
    table = read_calling(file)
    assert [means.kind for means in table.means] == ["push", "sms", "mail"]
    assert table.sms is not None and table.mail is not None
    assert (table.sms.key, table.mail.key) == ("the key of sms.key", "the key of mail.key")
    file.write_text("[[means]]\nkind = \"sms\"\nwait_s = 60\n", encoding="utf-8")
    with pytest.raises(Stop, match="there is no \\[sms\\]"):
        read_calling(file)
