"""How articles are laid out: dates, datelines, bylines, headings, boilerplate, and languages."""
