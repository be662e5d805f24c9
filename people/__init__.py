"""Who someone is: supporters, names, absences, the same person, people not wanted."""
