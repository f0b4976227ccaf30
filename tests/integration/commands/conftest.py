import json
from pathlib import Path

import pytest

SQUARES = {"Çınar": 29.20, "İğdeli": 29.21}


def a_square(lon: float) -> list[list[float]]:
    return [[lon, 41.0], [lon + 0.01, 41.0], [lon + 0.01, 41.01], [lon, 41.01], [lon, 41.0]]


@pytest.fixture
def sample_file(tmp_path: Path) -> Path:
    """Return a GeoJSON with two mahalle side by side, fields `ad` and `kod`."""
    features = [
        {
            "type": "Feature",
            "properties": {"ad": name, "kod": str(number)},
            "geometry": {"type": "Polygon", "coordinates": [a_square(lon)]},
        }
        for number, (name, lon) in enumerate(SQUARES.items(), start=101)
    ]
    file = tmp_path / "mahalle.geojson"
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )
    return file
