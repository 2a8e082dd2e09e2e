"""Run the notebooks and judge what they store."""
