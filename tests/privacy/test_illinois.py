"""Places in, near and outside Illinois. Wrongly forbidding is a nuisance; wrongly allowing breaks the law."""

import math

import pytest

from oversight.illinois import MARGIN_KM, near_illinois

INSIDE = {
    "Chicago": (41.8781, -87.6298),
    "Chicago, O'Hare": (41.9742, -87.9073),
    "Chicago, Calumet": (41.6600, -87.5300),
    "Evanston": (42.0451, -87.6877),
    "Waukegan": (42.3636, -87.8448),
    "Zion": (42.4461, -87.8328),
    "Lake Michigan off Chicago": (41.95, -87.30),
    "Rockford": (42.2711, -89.0940),
    "South Beloit": (42.4931, -89.0368),
    "Galena": (42.4167, -90.4290),
    "East Dubuque": (42.4922, -90.6429),
    "Savanna": (42.0945, -90.1568),
    "Rock Island": (41.5095, -90.5787),
    "Moline": (41.5067, -90.5151),
    "New Boston": (41.1703, -90.9968),
    "Nauvoo": (40.5500, -91.3849),
    "Quincy": (39.9356, -91.4099),
    "Hamburg": (39.2306, -90.7218),
    "Golden Eagle": (38.8842, -90.5793),
    "Grafton": (38.9700, -90.4314),
    "Alton": (38.8906, -90.1843),
    "East St. Louis": (38.6245, -90.1509),
    "Chester": (37.9137, -89.8221),
    "Kaskaskia": (37.9214, -89.9162),
    "Grand Tower": (37.6306, -89.4998),
    "Thebes": (37.2217, -89.4598),
    "Cairo": (37.0053, -89.1765),
    "Mound City": (37.0853, -89.1626),
    "Metropolis": (37.1512, -88.7320),
    "Brookport": (37.1237, -88.6306),
    "Golconda": (37.3673, -88.4864),
    "Cave-in-Rock": (37.4695, -88.1648),
    "Old Shawneetown": (37.6973, -88.1367),
    "Grayville": (38.2576, -87.9936),
    "Mount Carmel": (38.4109, -87.7614),
    "Lawrenceville": (38.7292, -87.6817),
    "Danville": (40.1245, -87.6300),
    "Springfield": (39.7817, -89.6501),
    "Peoria": (40.6936, -89.5890),
    "Champaign": (40.1164, -88.2434),
    "Carbondale": (37.7273, -89.2168),
}

BY_THE_MARGIN = {
    "St. Louis, centre": (38.6270, -90.1994),
    "Davenport": (41.5236, -90.5776),
    "Dubuque": (42.5006, -90.6646),
    "Clinton, Iowa": (41.8445, -90.1887),
    "Keokuk": (40.3973, -91.3849),
    "Hannibal": (39.7084, -91.3585),
    "Cape Girardeau": (37.3059, -89.5181),
    "Paducah": (37.0834, -88.6000),
    "Vincennes": (38.6773, -87.5286),
    "Hammond": (41.5834, -87.5000),
    "Beloit, Wisconsin": (42.5083, -89.0318),
    "Kenosha": (42.5847, -87.8212),
}

OUTSIDE = {
    "Indianapolis": (39.7684, -86.1581),
    "Milwaukee": (43.0389, -87.9065),
    "Racine": (42.7261, -87.7829),
    "Madison": (43.0731, -89.4012),
    "Janesville": (42.6828, -89.0187),
    "Louisville": (38.2527, -85.7585),
    "Evansville": (37.9716, -87.5711),
    "Bloomington, Indiana": (39.1653, -86.5264),
    "South Bend": (41.6764, -86.2520),
    "Michigan City": (41.7075, -86.8950),
    "Des Moines": (41.5868, -93.6250),
    "Iowa City": (41.6611, -91.5302),
    "Cedar Rapids": (41.9779, -91.6656),
    "Columbia, Missouri": (38.9517, -92.3341),
    "Jefferson City": (38.5767, -92.1735),
    "Sikeston": (36.8767, -89.5879),
    "Nashville": (36.1627, -86.7816),
    "Memphis": (35.1495, -90.0490),
    "Minneapolis": (44.9778, -93.2650),
    "Detroit": (42.3314, -83.0458),
    "New York": (40.7128, -74.0060),
    "Los Angeles": (34.0522, -118.2437),
    "Anchorage": (61.2181, -149.9003),
    "Honolulu": (21.3069, -157.8583),
    "London": (51.5074, -0.1278),
    "Sydney": (-33.8688, 151.2093),
    "the other side of the globe": (41.8781, 92.3702),
    "Chicago's latitude, south": (-41.8781, -87.6298),
    "the North Pole": (90.0, 0.0),
    "the South Pole": (-90.0, 0.0),
    "the date line": (0.0, 180.0),
    "the Greenwich meridian at Chicago's latitude": (41.8781, 0.0),
}


@pytest.mark.parametrize("place", INSIDE)
def test_places_in_illinois(place: str) -> None:
    assert near_illinois(*INSIDE[place])


@pytest.mark.parametrize("place", BY_THE_MARGIN)
def test_places_across_the_river_or_the_line(place: str) -> None:
    assert near_illinois(*BY_THE_MARGIN[place])


@pytest.mark.parametrize("place", OUTSIDE)
def test_places_elsewhere(place: str) -> None:
    assert not near_illinois(*OUTSIDE[place])


@pytest.mark.parametrize(
    "unknown",
    [
        (math.nan, -87.6),
        (41.8, math.nan),
        (math.nan, math.nan),
        (math.inf, 0.0),
        (0.0, -math.inf),
        (90.01, 0.0),
        (-91.0, 0.0),
        (10.0, 180.5),
        (10.0, -181.0),
        (0.0, 0.0),
        (-0.0, 0.0),
    ],
)
def test_a_place_that_cannot_be_known_is_forbidden(unknown: tuple[float, float]) -> None:
    assert near_illinois(*unknown)


def test_a_thousand_points_along_the_straight_borders() -> None:
    """The two borders that are straight lines: within 10 km outside is still forbidden, 30 km is not."""
    km = 1 / 111.2
    for step in range(250):
        along = step / 249
        north = -90.4 + along * 2.4  # the parallel of 42.508 N, from Galena to near the lake
        east = 39.45 + along * 2.1  # the meridian of 87.53 W, from the Wabash to near the lake
        degree = km / math.cos(math.radians(east))
        assert near_illinois(42.508 + 10 * km, north)
        assert not near_illinois(42.508 + 30 * km, north)
        assert near_illinois(east, -87.53 + 10 * degree)
        assert not near_illinois(east, -87.53 + 30 * degree)


def test_the_margin_is_at_least_ten_kilometres() -> None:
    assert MARGIN_KM >= 10
