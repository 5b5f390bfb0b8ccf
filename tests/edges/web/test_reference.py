"""docs/reference.md names every line of the running menu, with its roles, and no other."""

from pathlib import Path

from tests.edges.web.running import running
from tocsin.edges.web.oidc import OidcTable
from tocsin.kernel import Words

PAGE = Path(__file__).parents[3] / "docs" / "reference.md"


def test_the_reference_has_every_line_of_the_menu_and_no_other(tmp_path: Path) -> None:
    doors = PAGE.read_text(encoding="utf-8").partition("## Doors")[2].partition("## Facts")[0]
    written = {tuple(cell.strip(" `") for cell in row.split("|")[1:3]) for row in doors.splitlines() if row.startswith("| ")} - {("verb", "path")}
    city = OidcTable(issuer="http://127.0.0.1:9", client_id="tocsin", words=Words("City", "城市"))
    with running(tmp_path, city_sign_in=city) as floor:
        assert {(line.verb, line.path) for line in floor.web.menu} == written
