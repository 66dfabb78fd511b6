"""Where systems and decisions are kept: plain files in a folder.

Everything that a system names is read from below its own folder and nowhere else, in bounded pieces. Decisions about
threats lie beside the system, in `NAME.decisions.yaml`, what was found in its data in `NAME.data-evidence.yaml`, and
what scans said about its components in `NAME.scan-evidence.yaml`; all are only ever added to.
"""

from bartizan.store.data_evidence import append_data_evidence, data_evidence_path
from bartizan.store.decisions import append_decision, decisions_path
from bartizan.store.files import Folder, read_bounded, whole_file, write_whole
from bartizan.store.scan_evidence import append_scan_evidence, scan_evidence_path
from bartizan.store.systems import Source, load_system

__all__ = [
    "Folder",
    "Source",
    "append_data_evidence",
    "append_decision",
    "append_scan_evidence",
    "data_evidence_path",
    "decisions_path",
    "load_system",
    "read_bounded",
    "scan_evidence_path",
    "whole_file",
    "write_whole",
]
