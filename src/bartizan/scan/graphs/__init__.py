"""What graphs and descriptions in models refer to: operators, classes, files. Shared by the formats that hold them."""
