"""The database, and all the SQL there is."""
