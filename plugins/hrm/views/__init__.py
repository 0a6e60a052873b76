"""Pages, lists and menus."""
