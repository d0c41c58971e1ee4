"""The words of the pages: a file per page, which that page alone imports."""
