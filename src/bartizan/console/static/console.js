// What makes pages handier. Everything works without it.
