"""Countries offered and accepted are those of ISO 3166-1."""

from __future__ import annotations

from weft.core.db.countries import country_codes, country_names
from weft.core.i18n import use_locale
from weft.core.web.forms.fields import countries


def test_the_list_holds_the_249_assigned_codes() -> None:
    codes = country_codes()
    assert len(codes) == 249
    assert {"CN", "TW", "HK", "GB", "NO", "AX", "AQ"} <= codes
    assert not codes & {"XA", "XB", "QO", "EU", "EZ", "UN", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "XK"}


def test_every_country_has_a_name_in_each_language() -> None:
    for locale in ("en_GB", "zh_Hans_CN", "zh_Hans"):
        assert set(country_names(locale)) == set(country_codes())


def test_the_form_offers_no_pseudo_languages() -> None:
    with use_locale("zh"):
        labels = [one["label"] for one in countries()]
    assert "中国" in labels
    assert not [label for label in labels if "伪" in label]
