"""TensorFlow's operators: which of them run Python, touch files or the network, and which are TensorFlow's at all.

Source: the operator registry of TensorFlow 2.21; positions of paths are those of the operators' definitions.
"""

from __future__ import annotations

from typing import Final

__all__ = ["NETWORK", "PYTHON", "READS", "RESTORES", "SAVES", "URLS", "WRITES"]

PYTHON: Final = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})

WRITES: Final = {
    "WriteFile": (0,), "SaveDataset": (1,), "SaveDatasetV2": (1,), "DatasetToTFRecord": (1,),
    "ExperimentalDatasetToTFRecord": (1,), "DistributedSave": (1,), "DumpTensor": (),
    "CacheDataset": (1,), "CacheDatasetV2": (1,), "SnapshotDataset": (1,), "SnapshotDatasetV2": (1,),
    "CreateSummaryFileWriter": (1,), "CreateSummaryDbWriter": (1,),
}  # fmt: skip
"""Operators that write files, and which of their inputs are paths."""

SAVES: Final = {"Save": (0,), "SaveV2": (0,), "SaveSlices": (0,), "MergeV2Checkpoints": (0, 1)}
"""What a saver is made of, which every saved model has; its path comes from outside the graph."""

RESTORES: Final = {"Restore": (0,), "RestoreV2": (0,), "RestoreSlice": (0,), "DTensorRestoreV2": (0,)}
"""The same for loading."""

READS: Final = {
    "ReadFile": (0,), "MatchingFiles": (0,), "MatchingFilesDataset": (0,), "ExperimentalMatchingFilesDataset": (0,),
    "TextLineDataset": (0,), "TFRecordDataset": (0,), "TFRecordDatasetV2": (0,), "FixedLengthRecordDataset": (0,),
    "FixedLengthRecordDatasetV2": (0,), "LMDBDataset": (0,), "ExperimentalLMDBDataset": (0,), "LoadDataset": (0,),
    "LoadAndRemapMatrix": (0,), "GenerateVocabRemapping": (0, 1), "SqlDataset": (1,), "ExperimentalSqlDataset": (1,),
    "InitializeTableFromTextFile": (1,), "InitializeTableFromTextFileV2": (1,), "WholeFileReader": (),
    "WholeFileReaderV2": (), "TextLineReader": (), "TextLineReaderV2": (), "TFRecordReader": (),
    "TFRecordReaderV2": (), "FixedLengthRecordReader": (), "FixedLengthRecordReaderV2": (), "LMDBReader": (),
    "RecordInput": (), "ListSnapshotChunksDataset": (0,), "SnapshotChunkDataset": (0,),
}  # fmt: skip
"""Operators that read files, and which of their inputs are paths."""

NETWORK: Final = frozenset({
    "RpcClient", "RpcServer", "RpcCall", "RemoteCall", "DataServiceDataset", "DataServiceDatasetV2",
    "DataServiceDatasetV3", "DataServiceDatasetV4", "RegisterDataset", "RegisterDatasetV2",
    "FileSystemSetConfiguration", "XlaCustomCall", "XlaCustomCallV2",
})  # fmt: skip
"""Operators that call other machines, or native functions by name."""

URLS: Final = {
    "DebugIdentity": "debug_urls", "DebugIdentityV2": "debug_urls", "DebugIdentityV3": "debug_urls",
    "DebugNanCount": "debug_urls", "DebugNumericSummary": "debug_urls", "DebugNumericSummaryV2": "debug_urls",
    "PrintV2": "output_stream", "DecodeProtoV2": "descriptor_source", "EncodeProto": "descriptor_source",
    "FixedUnigramCandidateSampler": "vocab_file", "RecordInput": "file_pattern", "DumpTensor": "log_dir",
}  # fmt: skip
"""Operators that have an address or a path as an attribute."""
