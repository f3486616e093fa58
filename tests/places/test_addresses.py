from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from places.geometry import Point, destination
from places.models import Address

pytestmark = pytest.mark.django_db
HERE = Point(43.70, 7.27)
HEADER = "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;x;y;lon;lat;type_position"


def address(
    number: int | None, street: str, repetition: str = "", at: Point = HERE, city: str = "Nice"
) -> Address:
    return Address.objects.create(
        ban_id=f"{street}-{number}{repetition}-{city}",
        house_number=number,
        repetition=repetition,
        street=street,
        postcode="06000",
        city=city,
        lat=at.lat,
        lon=at.lon,
    )


@pytest.fixture
def streets() -> None:
    for number in (2, 12, 120):
        address(number, "Avenue Jean Médecin")
    address(12, "Avenue Jean Médecin", "bis")
    address(7, "Boulevard de l'Impératrice de Russie")
    address(1, "Boulevard de Stalingrad")
    address(3, "Place Saint-François")
    address(5, "Rue du Cœur de Jésus")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("12 av jean med", ["12 Avenue Jean Médecin", "12 bis Avenue Jean Médecin"]),
        ("JEAN MEDECIN", ["2 Avenue Jean Médecin"]),
        ("medecin jean", ["2 Avenue Jean Médecin"]),
        ("bd imperatrice", ["7 Boulevard de l'Impératrice de Russie"]),
        ("bd de l'impér", ["7 Boulevard de l'Impératrice de Russie"]),
        ("st francois", ["3 Place Saint-François"]),
        ("stal", ["1 Boulevard de Stalingrad"]),
        ("st", ["1 Boulevard de Stalingrad", "3 Place Saint-François"]),
        ("coeur jesus", ["5 Rue du Cœur de Jésus"]),
        ("12 bis jean", ["12 bis Avenue Jean Médecin"]),
        ("13 jean medecin", []),
        ("rue inconnue", []),
        ("   ", []),
        ("'; & | ! :* <->", []),
    ],
)
def test_search_as_typed_in_a_command_bar(streets: None, typed: str, found: list[str]) -> None:
    assert [a.label for a in Address.objects.search(typed)] == found


def test_search_stops_at_what_is_asked(streets: None) -> None:
    assert len(Address.objects.search("06000", at_most=2)) == 2


def test_search_is_answered_by_the_index(streets: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM places_address WHERE"
            " to_tsvector('simple'::regconfig, COALESCE(search_text, '')) @@ to_tsquery('simple', 'jean:*')"
        )
        assert "places_address_search" in str(cursor.fetchall())


def test_the_nearest_within_a_distance() -> None:
    near = address(1, "Rue A", at=destination(HERE, 90, 30))
    address(2, "Rue A", at=destination(HERE, 0, 45))
    assert Address.objects.nearest(HERE, 50) == near
    assert Address.objects.nearest(HERE, 20) is None


def test_the_corner_of_the_box_is_not_within_the_distance() -> None:
    address(1, "Rue A", at=destination(HERE, 45, 60))
    assert Address.objects.nearest(HERE, 50) is None


def ban(tmp_path: Path, *rows: str, header: str = HEADER) -> str:
    file = tmp_path / "adresses-06.csv"
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    return str(file)


def row(
    ban_id: str, number: str = "12", rep: str = "", lat: str = "43.70", street: str = "Rue Gioffredo"
) -> str:
    return f"{ban_id};;{number};{rep};{street};06000;06088;Nice;0;0;7.27;{lat};entrée"


def test_the_national_file_is_read_and_read_again(tmp_path: Path) -> None:
    call_command("import_addresses", ban(tmp_path, row("a"), row("b", "14", "ter")), stdout=StringIO())
    call_command("import_addresses", ban(tmp_path, row("a", "16"), row("c")), stdout=StringIO())
    assert set(Address.objects.values_list("ban_id", "house_number")) == {("a", 16), ("b", 14), ("c", 12)}
    assert [a.ban_id for a in Address.objects.search("14 gioff")] == ["b"]
    assert [a.ban_id for a in Address.objects.search("16 gioff")] == ["a"]


def test_replace_forgets_what_the_file_no_longer_holds(tmp_path: Path) -> None:
    call_command("import_addresses", ban(tmp_path, row("a"), row("b")), stdout=StringIO())
    call_command("import_addresses", ban(tmp_path, row("b")), "--replace", stdout=StringIO())
    assert list(Address.objects.values_list("ban_id", flat=True)) == ["b"]


def test_one_bad_row_and_nothing_is_imported(tmp_path: Path) -> None:
    told = StringIO()
    bad = [row("a"), row("b", lat="95"), row("c", number="x"), row("", "3"), row("a"), row("d", street="")]
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_addresses", ban(tmp_path, *bad), stderr=told, stdout=StringIO())
    for line, column in ((3, "lat"), (4, "numero"), (5, "id"), (6, "id"), (7, "nom_voie")):
        assert f"line {line}, {column}:" in told.getvalue()
    assert not Address.objects.exists()


@pytest.mark.parametrize("header", ["", "id;numero", HEADER.replace(";", ",")])
def test_another_kind_of_file_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(CommandError, match="column"):
        call_command("import_addresses", ban(tmp_path, row("a"), header=header))


def test_a_missing_file_is_said() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_addresses", "/nowhere.csv")
