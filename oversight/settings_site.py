"""Settings: what kind of site this is, and where its things lie. What follows from it stands in the files beside it."""

from pathlib import Path

from oversight.embedded.locations import Locations
from oversight.environment import read_flag, read_text

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = read_flag("OVERSIGHT_PRODUCTION", default=False)
DEBUG = False
DEMO = not PRODUCTION and read_flag("OVERSIGHT_DEMO", default=True)
DATA = Path(read_text("OVERSIGHT_DATA") or BASE_DIR / "var").resolve()
LOCATIONS = Locations(DATA)
