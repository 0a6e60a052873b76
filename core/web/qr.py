"""QR codes as pictures inside the page (``data:`` addresses, which the content policy allows for images)."""

from __future__ import annotations

from weft.core.i18n import translator
from weft.core.identity.second_factor import Offer

__all__ = ["qr_image"]

_ = translator("core")


def qr_image(offer: Offer) -> dict[str, str]:
    """Data of the macro ``qr_code`` for the secret of an authenticator app."""
    import segno  # needed on two pages only

    image = segno.make(offer.uri, error="m", micro=False).png_data_uri(scale=4, border=2)
    groups = " ".join(offer.secret[start : start + 4] for start in range(0, len(offer.secret), 4))
    return {
        "image": image,
        "secret": groups,
        "label": str(_("Code to scan with an authenticator app")),
        "help": str(_("If you cannot scan it, type this key into the app:")),
    }
