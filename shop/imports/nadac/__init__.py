"""NADAC: price surveys of what pharmacies paid, read into periods of acquisition cost."""
