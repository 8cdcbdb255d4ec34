"""The awkward sheets of the corpus, each with the plan that a person expects of it."""
