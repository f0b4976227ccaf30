"""What is odd about a GPS answer."""

from field_forms.points import Point, parse_point
from field_forms.remarks import Remark

INACCURATE_M = 100


def point_remarks(text: str, label: str, place: str) -> list[Remark]:
    """Return what is odd about a geopoint answer: not on Earth, 0,0, swapped, outside Turkey, inaccurate."""
    point = parse_point(text)
    if point is None:
        return []
    odd = _odd_place(point, label, place)
    if odd is not None:
        return [odd]
    if point.accuracy_m is not None and point.accuracy_m > INACCURATE_M:
        radius = f"GPS doğruluğu {point.accuracy_m:.0f} m"
        return [Remark("point.inaccurate", place, f"«{label}»: {radius}; gerçek yer bu kadar uzakta olabilir.")]
    return []


def is_plain_point(text: str) -> bool:
    """Whether it is a geopoint of which there is nothing to say."""
    return parse_point(text) is not None and not point_remarks(text, "", "")


def _odd_place(point: Point, label: str, place: str) -> Remark | None:
    if point.is_null_island:
        return Remark("point.zero", place, f"«{label}» 0,0 noktasını gösteriyor: tablet konum alamamış.")
    if point.is_in_turkey:
        return None
    if point.swapped.is_in_turkey:
        return Remark("point.swapped", place, f"«{label}»: enlem ile boylam yer değiştirmiş görünüyor.")
    if not point.is_on_earth:
        return Remark("point.not_on_earth", place, f"«{label}» yeryüzünde olmayan bir nokta gösteriyor.")
    return Remark("point.outside_turkey", place, f"«{label}» Türkiye dışında bir nokta gösteriyor.")
