"""Measurements: each figure of Weft beside bare SQL for the same data, in the same run."""
