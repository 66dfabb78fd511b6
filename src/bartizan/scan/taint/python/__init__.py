"""Python source as a tree, read by Python's own parser and never compiled or run."""

from bartizan.scan.taint.python.module import python_module

__all__ = ["python_module"]
