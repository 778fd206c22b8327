"""`make chaos`: a real store, its customers, and everything that can die or turn slow around it.

`plan` decides from a seed what happens when (pure) · `opening` fills the store · `store`, `databases` and
`neighbors` run the processes · `customers`, `admin` and `prober` use the store over HTTP · `faults` carries
the plan out · `quiet` waits until nothing is left to do · `evidence` reads what is there then, and
`money`, `goods` and `word` say what must be true of it · `report` writes the table.
"""
