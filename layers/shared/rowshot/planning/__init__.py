"""What a dropped sheet will do and cost: versions, prices, budget, the plan file."""
