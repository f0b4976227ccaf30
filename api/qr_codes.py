"""QR codes as SVG, drawn for a white card on any background."""

from io import BytesIO


def draw_qr_code(text: str) -> str:
    """Draw a text as an SVG element without a size of its own."""
    # Loaded here: only whoever hands out a tablet needs it.
    import segno  # noqa: PLC0415

    svg = BytesIO()
    segno.make_qr(text, error="l").save(
        svg, kind="svg", scale=4, border=4, xmldecl=False, light="#ffffff", omitsize=True
    )
    return svg.getvalue().decode()
