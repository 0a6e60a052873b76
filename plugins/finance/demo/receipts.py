"""Receipts of the demo company: small drawn slips that can be read, and no photographs."""

from __future__ import annotations

from datetime import date
from io import BytesIO

__all__ = ["slip"]

_ISSUERS = ("Station kiosk", "City taxi", "Harbour hotel", "Canteen north", "Tool rental", "Fittings store")


def slip(number: int, what: str, day: date, amount: str, tax: str = "") -> bytes:
    """A slip as PNG: who, what, day, amount.

    Args:
        number: another one looks another way.
        what: one line in Latin letters.
        day: day of the purchase.
        amount: with its currency; tax: the tax in it, or empty.
    """
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (360, 300), 250)
    pen = ImageDraw.Draw(image)
    large, small = ImageFont.load_default(22), ImageFont.load_default(15)
    pen.rectangle((6, 6, 353, 293), outline=170)
    pen.text((24, 22), _ISSUERS[number % len(_ISSUERS)], fill=20, font=large)
    pen.text((24, 58), f"Receipt no. {1000 + number * 7}", fill=70, font=small)
    pen.text((24, 82), day.isoformat(), fill=70, font=small)
    pen.line((24, 112, 336, 112), fill=150)
    pen.text((24, 126), what[:34], fill=20, font=small)
    if tax:
        pen.text((24, 152), f"of it tax {tax}", fill=70, font=small)
    pen.line((24, 186, 336, 186), fill=150)
    pen.text((24, 202), f"Total {amount}", fill=0, font=large)
    pen.text((24, 256), "Thank you", fill=110, font=small)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
