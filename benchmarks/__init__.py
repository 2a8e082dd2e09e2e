"""What the project promises about its costs, measured side by side: `make bench`."""
