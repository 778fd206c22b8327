"""What stands between the network and the application, and what keeps the store's processes running."""
