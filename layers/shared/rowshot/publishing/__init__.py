"""What Publish carries out: download the temporary result, finish it, store it for good."""
