"""Files behind http addresses, read by ranges: a file, the shards that an index names, a repository of a model hub."""

from bartizan.scan.web.content import HttpContent
from bartizan.scan.web.tree import HttpTree, web_tree

__all__ = ["HttpContent", "HttpTree", "web_tree"]
