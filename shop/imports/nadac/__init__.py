"""What pharmacies paid for medicines: price surveys (NADAC) read into periods, looked up and drawn."""
