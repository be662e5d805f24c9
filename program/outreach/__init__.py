"""How people hear of the program: where the form is, by which source they came, and flyers."""
