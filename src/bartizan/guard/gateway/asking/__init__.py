"""How people are reached with the questions of `guard.asking`: terminal, webhook, a queue for other programs."""

from bartizan.guard.gateway.asking.asker import Asker
from bartizan.guard.gateway.asking.queue import FolderStore, MemoryStore, Queue, Reply, Store
from bartizan.guard.gateway.asking.terminal import Terminal
from bartizan.guard.gateway.asking.together import Together
from bartizan.guard.gateway.asking.ways import Said, Unreachable, Way, Ways
from bartizan.guard.gateway.asking.webhook import Webhook

__all__ = [
    "Asker",
    "FolderStore",
    "MemoryStore",
    "Queue",
    "Reply",
    "Said",
    "Store",
    "Terminal",
    "Together",
    "Unreachable",
    "Way",
    "Ways",
    "Webhook",
]
