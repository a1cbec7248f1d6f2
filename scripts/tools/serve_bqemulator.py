"""The BigQuery server `bqemulator`, started so that it gives the same answers to long statements in half the time.

It parses a statement anew for each thing it looks for, some twenty times, and the statements of this project are long. Its
trees are many small objects that refer to each other, which Python's collector goes through again and again.
"""

import functools
import gc
import sys

from bqemulator.cli import main
from sqlglot.dialects.dialect import Dialect

# Statements whose trees are kept: those that are under way.
KEPT = 16
# Objects that are made and not given back until the collector looks at the young ones (Python's own is 700), then how many
# such looks until it looks at the older ones.
THRESHOLDS = (200_000, 20, 100)


def parsing_once(parse):
    """`parse` of a dialect; a text that was parsed lately is not parsed again, its tree is copied."""

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
