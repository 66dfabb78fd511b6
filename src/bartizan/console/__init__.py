"""The web application: pages for people, an API for programs, over one register."""
