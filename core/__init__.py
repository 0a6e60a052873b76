"""The Weft core: it knows no plugin, no portal and no business domain."""

__version__ = "0.1.0"
