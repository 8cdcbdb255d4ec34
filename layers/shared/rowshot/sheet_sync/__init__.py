"""The Google worksheet as a projection of the ledger, and the step WriteBack."""
