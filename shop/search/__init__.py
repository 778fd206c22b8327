"""Finding medicines by what people type: an index of each process, and the words by which it is asked."""
