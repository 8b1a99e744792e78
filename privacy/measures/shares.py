"""A share of few photos with its uncertainty."""

import math


def rate(hits: int, of: int) -> dict[str, object]:
    """hits, of, their share and its 95 % interval (Wilson 1927); null where there is nothing to count."""
    if not of:
        return {"hits": 0, "of": 0, "share": None, "interval": None}
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    interval = [round(max(0.0, middle - reach), 3), round(min(1.0, middle + reach), 3)]
    return {"hits": hits, "of": of, "share": round(share, 3), "interval": interval}
