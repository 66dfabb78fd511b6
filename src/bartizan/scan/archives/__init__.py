"""Archives and compressed streams, read as loaders read them: leniently, in every way that some loader would."""
