"""The words of commands: programs, files and phrases that tell what a command line does. Facts, kept as patterns."""

from __future__ import annotations

import re

from bartizan.scan.texts.shell import INTERPRETERS, SHELLS

__all__ = [
    "CODE_LOADS",
    "CODE_RUNS",
    "DECODE",
    "DESTROY",
    "ENCODED_POWERSHELL",
    "ENVIRONMENT",
    "INSTALLERS",
    "LIVING",
    "LOAD",
    "PERSIST",
    "REVERSE",
    "RUN",
    "SECRET_FILE",
    "SECRET_PROGRAM",
    "SECRET_VARIABLE",
    "SEND_FLAG",
    "UNGUARD",
]

LOAD = frozenset(
    [
        "curl",
        "wget",
        "fetch",
        "aria2c",
        "http",
        "https",
        "xh",
        "iwr",
        "irm",
        "invoke-webrequest",
        "invoke-restmethod",
        "lwp-request",
        "axel",
    ]
)
RUN = SHELLS | INTERPRETERS | frozenset(["python2", "python3", "iex", "invoke-expression", "source", ".", "eval"])
INSTALLERS = (
    "sh.rustup.rs", "astral.sh", "get.docker.com", "bun.sh", "bun.com", "deno.land", "install.python-poetry.org",
    "get.sdkman.io", "ollama.com", "ollama.ai", "claude.ai", "cursor.com", "get.pnpm.io", "deb.nodesource.com",
    "rpm.nodesource.com", "raw.githubusercontent.com/nvm-sh", "raw.githubusercontent.com/homebrew", "get.k3s.io",
    "raw.githubusercontent.com/helm", "install.determinate.systems", "nixos.org", "sh.brew.sh", "pyenv.run",
    "fnm.vercel.app", "mise.run", "dl.google.com", "sdk.cloud.google.com", "aka.ms", "chocolatey.org",
    "community.chocolatey.org", "get.scoop.sh", "starship.rs", "just.systems", "dot.net", "packages.microsoft.com",
    "opencode.ai", "fly.io", "cli.github.com", "tailscale.com", "railway.app", "supabase.com", "get.volta.sh",
    "install.pi-hole.net",
)  # fmt: skip
"""Where makers of development tools publish installers that are run from the address: facts, from their own pages."""

SECRET_FILE = re.compile(
    r"(?:^|[\s/\\\"'=@~:(<])(?:\.ssh(?:[/\\](?:id_\w+|config|\*|$)|\b)|id_(?:rsa|ed25519|ecdsa|dsa)\b"
    r"|\.aws[/\\]credentials"
    r"|\.netrc\b|\.npmrc\b|\.pypirc\b|\.git-credentials\b|\.docker[/\\]config\.json|\.kube[/\\]config|\.gnupg\b"
    r"|\.env(?:\.(?:local|production|prod|staging))?(?=$|[\s\"';|)>])|/etc/shadow\b|\.config[/\\]gcloud|\.azure[/\\]"
    r"|Login Data\b|logins\.json|key4\.db|cookies\.sqlite|wallet\.dat|\.config[/\\]gh[/\\]hosts|\.claude\.json"
    r"|\.claude[/\\]\.credentials|\.codex[/\\]auth\.json|\.gemini[/\\]oauth|\.bash_history|\.zsh_history|metamask"
    r"|huggingface[/\\]token\b|proc/(?:self|\d+)/environ\b)",
    re.IGNORECASE,
)
SECRET_PROGRAM = re.compile(
    r"\bsecurity\s+(?:find|dump|export)-[\w-]*(?:password|keychain)|\bgh\s+auth\s+token\b|\bgcloud\s+auth\s+print"
    r"|169\.254\.169\.254|metadata\.google\.internal|\bmimikatz\b|\blsass\b|\bcmdkey\s+/list|\bvaultcmd\b",
    re.IGNORECASE,
)
SECRET_VARIABLE = re.compile(
    r"\$\{?(?:env:)?[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY"
    r"|CREDENTIALS?)[A-Z0-9_]*\}?"
)
ENVIRONMENT = re.compile(
    r"^(?:printenv|env|set|export(?:\s+-p)?)\s*$|/proc/(?:self|\d+)/environ|\b(?:gci|get-childitem|dir|ls)\s+env:"
    r"|\$\((?:printenv|env|set)\b|<\((?:printenv|env|set)\b|`(?:printenv|env)`|\bprocess\.env\b(?!\.)"
    r"|\bdict\(os\.environ\)",
    re.IGNORECASE,
)
REVERSE = re.compile(
    r"/dev/(?:tcp|udp)/|\b(?:nc|ncat|netcat)\b[^|;&\n]*\s-(?:\w*[ec]\w*)\s*\S*(?:sh|cmd|powershell)\b"
    r"|\bsocat\b[^\n]*\bexec:|\bmkfifo\b[\s\S]{0,120}\b(?:nc|ncat|netcat|openssl)\b|\bpty\.spawn\b"
    r"|\bsocket\b[^\n]{0,300}\b(?:dup2|subprocess|/bin/sh|/bin/bash)\b|fsockopen[^\n]{0,120}(?:exec|sh -i)"
    r"|\bTCPClient\b[^\n]{0,400}(?:iex|invoke-expression|cmd)|\bbash\s+-i\s*(?:>&|&>)",
    re.IGNORECASE,
)
DECODE = re.compile(
    r"\bbase64\s+(?:-\w*[dD]\w*|--decode)|\bopenssl\s+(?:enc\s+)?(?:-\w+\s+)*-?base64\s+-d|\bxxd\s+-r"
    r"|\bfrombase64string\b"
    r"|\bb64decode\b|\batob\s*\(|\bcertutil\b[^\n]*-decode|\bunhexlify\b|\bfromhex\b"
    r"|\bbuffer\.from\([^\n]*['\"](?:base64|hex)",
    re.IGNORECASE,
)
CODE_RUNS = re.compile(
    r"\b(?:exec|eval|iex|invoke-expression|os\.system|subprocess|popen|child_process|execsync|new function)\b",
    re.IGNORECASE,
)
CODE_LOADS = re.compile(
    r"urlopen\(|requests\.get\(|urllib\.request|fetch\(|https?\.get\(|downloadstring|downloadfile"
    r"|net\.webclient|httpx\.get"
    r"|\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|curl|wget)\b",
    re.IGNORECASE,
)
ENCODED_POWERSHELL = re.compile(
    r"\b(?:powershell|pwsh)(?:\.exe)?\b[^\n|;]*\s-e(?:nc\w*|c)?\s+[A-Za-z0-9+/=]{20,}", re.IGNORECASE
)
LIVING = re.compile(
    r"\bmshta(?:\.exe)?\s+[\"']?https?:|\bregsvr32\b[^\n]*/i:https?:|\brundll32\b[^\n]*(?:javascript:|https?:)"
    r"|\bcertutil\b[^\n]*-urlcache|\bbitsadmin\b[^\n]*/transfer|\bmsiexec\b[^\n]*\s/i\s+[\"']?https?:",
    re.IGNORECASE,
)
PERSIST = re.compile(
    r">>?\s*[\"']?\S*(?:authorized_keys|\.bashrc|\.zshrc|\.bash_profile|\.profile|\.zprofile|\.zshenv"
    r"|/etc/(?:profile|rc\.local|cron|sudoers|hosts|ld\.so\.preload))"
    r"|\bcrontab\s+(?:-(?!l\b|r\b)|[^-\s|])|\|\s*crontab\b|library/launch(?:agents|daemons)"
    r"|/etc/systemd/system/\S+\.service|\.config/systemd/user/\S+"
    r"|\bschtasks\b[^\n]*/create|currentversion\\run\b|new-scheduledtask|startup\\[^\n]*\.(?:lnk|bat|vbs|exe)"
    r"|>>?\s*[\"']?\S*\.git/hooks/|\btee\s+(?:-a\s+)?\S*(?:authorized_keys|\.bashrc|\.zshrc|sudoers)"
    r"|>>?\s*[\"']?(?:~|\$HOME|\$\{HOME\})/\.(?:claude/settings|cursor/mcp|codex/config|gemini/settings)\S*",
    re.IGNORECASE,
)
DESTROY = re.compile(
    r"--no-preserve-root|\bmkfs(?:\.\w+)?\s+/dev/|\bdd\b[^\n]*\bof=/dev/(?:sd|nvme|hd|disk|vd)"
    r"|:\(\)\s*\{\s*:\|:&\s*\};:"
    r"|\bformat\s+[a-z]:\s|\b(?:rd|rmdir|del)\s+/s\s[^\n]*[a-z]:\\(?:\s|$|users|windows)"
    r"|\bremove-item\b[^\n]*-recurse[^\n]*[a-z]:\\(?:\s|$|users|windows)"
    r"|\bvssadmin\s+delete|>\s*/dev/(?:sda|nvme0)",
    re.IGNORECASE,
)
UNGUARD = re.compile(
    r"\bxattr\s+-\w*[cd]\w*\s+[^\n]*|\bspctl\s+--(?:master|global)-disable|\bcsrutil\s+disable"
    r"|\bset-mppreference\b[^\n]*disable|add-mppreference[^\n]*exclusion"
    r"|\bsetenforce\s+0|\bufw\s+disable|\bnetsh\s+advfirewall[^\n]*off"
    r"|\bset-executionpolicy\s+(?:-\w+\s+)*(?:bypass|unrestricted)"
    r"|nopasswd:\s*all|\bchmod\s+(?:-\w+\s+)*[0-7]?4[0-7]{3}\s|\bchmod\s+(?:-\w+\s+)*u?\+s\s|\bhistory\s+-c\b"
    r"|unset\s+histfile"
    r"|\b(?:systemctl|service)\s+(?:stop|disable)\s+\S*(?:auditd|falcon|defender|clamav|apparmor)"
    r"|--dangerously-skip-permissions|--yolo\b|--dangerously-bypass-approvals-and-sandbox",
    re.IGNORECASE,
)
SEND_FLAG = re.compile(
    r"(?:^|\s)(?:-d\b|-d@|--data(?:-\w+)?\b|-F\b|--form\b|-T\b|--upload-file\b|--post-(?:data|file)"
    r"|--body-(?:data|file)|-X\s*P(?:OST|UT)|--request\s*P|-Method\s+P|-Body\b|--json\b|-InFile\b)"
)
