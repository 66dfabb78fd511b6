"""The door for agents at the demo's gateway: to a mail desk that sends nothing, and asks before a mail leaves."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

__all__ = ["equip"]

_PLACES = (Path(__file__).parents[1] / "console" / "example-agents", Path(__file__).parents[3] / "examples" / "agents")
_PRICES = "{demo-large: {input: 3, output: 15}, large: {input: 3, output: 15}, small: {input: 0.3, output: 1}}"
_POLICY = """
@id("demo-agents-at-the-mail-desk")
permit (
  principal in Bartizan::Group::"agents",
  action in [Bartizan::Action::"list-tools", Bartizan::Action::"call-tool"],
  resource in Bartizan::Server::"mail"
);

@id("mails-leave-with-a-yes") @ask("owners") @reason("a mail that leaves the house can't be taken back")
forbid (principal, action == Bartizan::Action::"call-tool", resource) when { !context.reversible };
"""


def equip(folder: Path) -> None:
    """Give the demo's gateway a door for agents, to a mail desk that sends nothing, and trials of their own.

    Where the example of the mail desk isn't installed, there is no such door.
    """
    config = folder / "gateway.yaml"
    text = config.read_text("utf-8").replace("region: here", f"region: ch, prices: {_PRICES}")
    desk = next((place for place in _PLACES if (place / "mail_desk.py").is_file()), None)
    if desk is not None:
        for name in ("mail_desk.py", "cards.yaml"):
            shutil.copyfile(desk / name, folder / name)
        (folder / "policies" / "agents.cedar").write_text(_POLICY, "utf-8")
        command = json.dumps([sys.executable, "mail_desk.py"])
        text += f"""mcp:
  - id: desk
    servers:
      - {{id: mail, command: {command}}}
    cards: cards.yaml
    asking: {{folder: approvals}}
"""
    config.write_text(text, "utf-8")
