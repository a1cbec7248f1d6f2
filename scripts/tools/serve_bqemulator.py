"""Starts the BigQuery server `bqemulator` so that long statements take half the time, with the same answers.

The server parses one statement about twenty times, and the statements of this project are long. Here it parses a text
once and copies the syntax tree. A tree is many small objects, so Python's garbage collector also runs less often.
"""

import functools
import gc
import sys

from bqemulator.cli import main
from sqlglot.dialects.dialect import Dialect

# Number of statements whose syntax trees are kept.
KEPT = 16
# Thresholds of the garbage collector's three generations. Python's default for the first one is 700.
THRESHOLDS = (200_000, 20, 100)


def parsing_once(parse):
    """Wraps `parse` of a dialect: for a text that was parsed before, it returns a copy of the kept tree."""

    @functools.lru_cache(maxsize=KEPT)
    def tree_of(dialect, _settings, sql):
        return parse(dialect, sql)

    def parse_once(self, sql, **options):
        if options:
            return parse(self, sql, **options)
        return [tree and tree.copy() for tree in tree_of(self, tuple(self.settings.items()), sql)]

    return parse_once


if __name__ == "__main__":
    gc.set_threshold(*THRESHOLDS)
    Dialect.parse = parsing_once(Dialect.parse)
    sys.exit(main())
