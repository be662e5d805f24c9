"""Tables as spreadsheets write them: their bytes, their cells, and what was damaged on the way."""
