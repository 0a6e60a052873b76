"""Files of the demo company that are no text: small drawings; and Word files made of a text."""

from __future__ import annotations

from io import BytesIO

__all__ = ["picture", "word_file"]


def picture(number: int) -> bytes:
    """A drawn plan of pipes and fittings as PNG; each number is another plan."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (900, 600), "#fbfaf6")
    pen = ImageDraw.Draw(image)
    for step in range(0, 900, 60):
        pen.line((step, 0, step, 600), fill="#e8e5dc")
        pen.line((0, step, 900, step), fill="#e8e5dc")
    across = 140 + 50 * (number % 6)
    pen.line((40, across, 860, across), fill="#2b5d7d", width=10)
    for place in range(3 + number % 3):
        left = 150 + place * 160
        pen.line((left, across, left, across + 180 - 20 * place), fill="#2b5d7d", width=6)
        pen.ellipse((left - 16, across - 16, left + 16, across + 16), outline="#8a3b2a", width=4, fill="#fbfaf6")
        pen.rectangle((left - 30, across + 180 - 20 * place, left + 30, across + 230 - 20 * place), outline="#3f4a3c",
                      width=3)  # fmt: skip
    pen.rectangle((20, 20, 880, 580), outline="#555555", width=2)
    pen.text((640, 550), f"WI-{1000 + number * 37}", fill="#333333")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def word_file(text: str) -> bytes:
    """A Word document of a Markdown text: headings, paragraphs, lists."""
    import docx

    document = docx.Document()
    for line in filter(None, (one.strip() for one in text.splitlines())):
        if line.startswith("#"):
            document.add_heading(line.lstrip("# "), level=1 if line.startswith("# ") else 2)
        elif line.startswith("- "):
            document.add_paragraph(line[2:], style="List Bullet")
        else:
            document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()
