"""The figures of docs/figures.md, each beside a floor measured in the same run. `make bench` runs it."""
