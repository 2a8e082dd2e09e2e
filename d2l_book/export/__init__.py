"""The book in *Read* form as one file: a PDF for paper, an EPUB for readers of electronic books."""
