"""Who acts: staff, teams, directorates, what each may see, and how they prove who they are."""
