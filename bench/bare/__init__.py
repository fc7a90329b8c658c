"""The yardstick: one view, one table, nothing else. Installed by bench.settings only."""
