"""A case compiled to arrays and one pure step."""
