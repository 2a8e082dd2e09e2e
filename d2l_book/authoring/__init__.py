"""Write pages: begin one, and try what is done to the book on one page."""
