"""Sensitive information types of Microsoft Purview: rule packages as XML, in and out.

The format is that of the rule package schema in MS-OXWCONFIG (section 7.8) and in Purview's documentation.
"""

from bartizan.store.purview_read import ReadPackage, import_types
from bartizan.store.purview_write import NAMESPACE, export_types

__all__ = ["NAMESPACE", "ReadPackage", "export_types", "import_types"]
