"""What an operator and an author see when plugins are loaded."""

from __future__ import annotations

import pytest

from weft.core.plugin.base import Plugin, hookimpl, hookspec, is_elevated
from weft.core.plugin.loader import RESERVED_KEYS, chosen, load


def plugin(key: str, **attributes: object) -> type[Plugin]:
    return type(f"Plugin_{key}", (Plugin,), {"key": key, "title": key.title(), "__module__": "sample", **attributes})


OFFERED = {"crm": "weft", "hrm": "weft", "fleet": "weft-fleet", "billing": "other"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ["crm", "hrm"]),
        (("+fleet",), ["crm", "hrm", "fleet"]),
        (("-hrm",), ["crm"]),
        (("+fleet", "-crm"), ["hrm", "fleet"]),
        (("fleet",), ["fleet"]),
        (("fleet", "crm"), ["fleet", "crm"]),
        (("fleet", "+billing"), ["fleet", "billing"]),
        (("+crm",), ["crm", "hrm"]),
    ],
)
def test_bundled_plugins_are_on_and_strangers_only_when_named(names: tuple[str, ...], expected: list[str]) -> None:
    assert chosen(names, OFFERED) == expected


def test_a_named_plugin_that_nobody_offers_is_reported() -> None:
    loaded = load(("nosuchplugin",))
    assert loaded.active == {}
    assert loaded.quarantined["nosuchplugin"].stage == "find"


def test_load_order_follows_requires_then_the_key() -> None:
    classes = [
        plugin("alpha", requires=("zulu",)),
        plugin("mike", optional=("november",)),
        plugin("november"),
        plugin("zulu"),
        plugin("beta", optional=("absent",)),
    ]
    assert list(load(classes=classes).active) == ["beta", "november", "mike", "zulu", "alpha"]


def test_optional_wishes_yield_in_a_circle_but_requirements_do_not() -> None:
    loaded = load(classes=[plugin("one", optional=("two",)), plugin("two", requires=("one",))])
    assert list(loaded.active) == ["one", "two"]


def test_a_circle_is_named_and_those_outside_it_start() -> None:
    circle = [plugin("one", requires=("two",)), plugin("two", requires=("three",)), plugin("three", requires=("one",))]
    loaded = load(classes=[*circle, plugin("outside"), plugin("behind", requires=("one",))])
    assert list(loaded.active) == ["outside"]
    for key in ("one", "two", "three"):
        assert "circle" in loaded.quarantined[key].reason
        assert " > " in loaded.quarantined[key].reason
    assert "one" in loaded.quarantined["behind"].reason


def test_a_missing_requirement_stops_the_plugin_and_all_behind_it() -> None:
    loaded = load(classes=[plugin("near", requires=("absent",)), plugin("far", requires=("near",)), plugin("free")])
    assert list(loaded.active) == ["free"]
    assert "absent" in loaded.quarantined["near"].reason
    assert "near" in loaded.quarantined["far"].reason


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"api": ">=2,<3"}, "API level"),
        ({"api": "about one"}, "version range"),
        ({"title": ""}, "title"),
    ],
)
def test_a_wrong_manifest_is_explained(attributes: dict[str, object], reason: str) -> None:
    loaded = load(classes=[plugin("odd", **attributes)])
    assert loaded.active == {}
    assert reason in loaded.quarantined["odd"].reason


@pytest.mark.parametrize("key", ["todo", "settings", "api", "core", "healthz", "r"])
def test_addresses_of_the_platform_are_no_keys(key: str) -> None:
    assert key in RESERVED_KEYS
    assert "address of a page" in load(classes=[plugin(key)]).quarantined[key].reason


@pytest.mark.parametrize("key", ["Fleet", "1st", "a-b", "x" * 31])
def test_keys_have_a_form(key: str) -> None:
    assert load(classes=[plugin(key)]).quarantined[key].stage == "manifest"


def test_an_unknown_hook_is_named() -> None:
    @hookimpl
    def weft_entitys(self: object) -> None: ...

    loaded = load(classes=[plugin("typo", weft_entitys=weft_entitys), plugin("free")])
    assert "weft_entitys" in loaded.quarantined["typo"].reason
    assert list(loaded.active) == ["free"]
    assert not loaded.manager.has_plugin("typo")


def test_wrong_arguments_of_a_hook_are_refused() -> None:
    @hookimpl
    def weft_before_write(self: object, changes: object, nothing_of_that_name: object) -> None: ...

    loaded = load(classes=[plugin("args", weft_before_write=weft_before_write)])
    assert "nothing_of_that_name" in loaded.quarantined["args"].reason
    assert not loaded.manager.hook.weft_before_write.get_hookimpls()


def test_a_hook_of_another_plugin_may_be_implemented_without_it() -> None:
    class Specs:
        @hookspec
        def weft_owner_price(self, order: object) -> None:
            """Price."""

    @hookimpl(optionalhook=True)
    def weft_owner_price(self: object, order: object) -> int:
        return 7

    guest = plugin("guest", weft_owner_price=weft_owner_price)
    assert list(load(classes=[guest]).active) == ["guest"]
    both = load(classes=[guest, plugin("owner", hookspecs=Specs)])
    assert both.manager.hook.weft_owner_price(order=None) == [7]


def test_own_hooks_carry_the_plugins_key() -> None:
    class Specs:
        @hookspec
        def weft_entities_too(self) -> None:
            """Not ours to name."""

    loaded = load(classes=[plugin("owner", hookspecs=Specs)])
    assert "weft_owner_" in loaded.quarantined["owner"].reason


def test_elevated_is_remembered_on_the_implementation() -> None:
    @hookimpl(elevated=True)
    def weft_before_write(self: object, changes: object, context: object) -> None: ...

    loaded = load(classes=[plugin("high", weft_before_write=weft_before_write)])
    (found,) = loaded.manager.hook.weft_before_write.get_hookimpls()
    assert is_elevated(found.function)
    assert not is_elevated(test_own_hooks_carry_the_plugins_key)


def test_quarantine_at_run_time_takes_dependents_along() -> None:
    loaded = load(classes=[plugin("base"), plugin("upper", requires=("base",)), plugin("other")])
    loaded.quarantine("base", "migration", "It failed.")
    assert list(loaded.active) == ["other"]
    assert loaded.quarantined["upper"].stage == "requires"
    assert not loaded.manager.has_plugin("upper")


def test_no_word_of_the_portals_can_be_a_key() -> None:
    from weft.core.portal.addresses import RESERVED_WORDS

    assert RESERVED_WORDS <= RESERVED_KEYS
