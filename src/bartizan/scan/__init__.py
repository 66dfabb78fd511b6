"""What an artefact holds: readers turn bytes into records, the planner cuts the work, executors do it."""
