"""What runs, inspects and renders the pages: nothing here is needed to use `d2l_utils`."""
