"""How secret a file says it is: sensitivity labels and markings in the metadata of Office, PDF and mail files.

Only metadata are read, in bounded pieces, and nothing is guessed: a label's id means something only by the map of the
organisation that made it.
"""

from bartizan.scan.labels.found import Metadata
from bartizan.scan.labels.read import read_metadata
from bartizan.scan.labels.tenants import Tenants, parse_tenants
from bartizan.scan.labels.verdict import FileLabels, LabelView, MarkingView, assess

__all__ = ["FileLabels", "LabelView", "MarkingView", "Metadata", "Tenants", "assess", "parse_tenants", "read_metadata"]
