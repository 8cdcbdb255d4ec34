"""What comes in: dropped sheets (the step Plan) and signed requests (the step Drop)."""
