"""The figures the README quotes, each beside a floor measured in the same run. `make bench` runs it."""
