"""What the files of a model repository make a loader do: code and classes by name, templates, other repositories."""
