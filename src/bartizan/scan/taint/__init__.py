"""Where values of tools flow: a language-neutral tree, fronts that make it, an engine that follows it, judges."""
