"""A server of MCP for tests: it reads files, and writes each payment as a line into the file that it is given."""

import sys
from pathlib import Path

from mcp.server import MCPServer

server = MCPServer("bank")


@server.tool()
def read_file(path: str) -> str:
    """Reads a file of the user's folder."""
    return Path(path).read_text(encoding="utf-8")


@server.tool()
def pay(account: str, amount: float) -> str:
    """Pays an amount in EUR from the user's account to another account, an IBAN."""
    with Path(sys.argv[1]).open("a", encoding="utf-8") as paid:
        paid.write(f"{account} {amount}\n")
    return "paid"


if __name__ == "__main__":
    server.run("stdio")
