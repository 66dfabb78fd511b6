"""Budgets that several processes share, in a Valkey or Redis server: one script a call, which runs as a whole."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha1
from math import ceil
from secrets import token_hex
from typing import Any

from valkey.asyncio import ConnectionPool
from valkey.exceptions import ConnectionError as ConnectionLost
from valkey.exceptions import NoScriptError, ResponseError, ValkeyError

from bartizan.guard.limits.interface import Amount, Ask, Part, Short, StateLost, Taken, Want, exhausted, percent
from bartizan.model import InputError

__all__ = ["ValkeyStore"]

_COUNT, _HELD, _NUMBERS = "bartizan:{budgets}:count:", "bartizan:{budgets}:held:", "bartizan:{budgets}:numbers:"
"""Begin keys. The part in braces keeps all of them on one node of a cluster, so that a script may use them."""
_CONNECTIONS = 16
_MOST_OWED = 10_000
_MOST_KNOWN = 20_000
_PAUSE = 0.5
"""Seconds for which a server that was lost isn't asked again, so that callers don't queue up behind it."""

# A want has two keys: a hash of what is booked (r, t, m: requests, tokens, money) with what of it is reserved only
# (ht, hm), and a sorted set of the reservations `id:tokens:money` by when they expire (milliseconds since 1970).
_GIVE_BACK = """
local function give_back(count, tokens, money)
  for field, less in pairs({t = tokens, ht = tokens, m = money, hm = money}) do
    redis.call('HINCRBY', count, field, string.format('%.0f', 0 - tonumber(less)))
  end
end
"""

_TAKE = """
local now, id, till = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local least = {tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])}
local most = {tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])}
local wants, why, short = {}, {}, false
for i = 1, #KEYS / 2 do
  local count, held, at = KEYS[2 * i - 1], KEYS[2 * i], 6 + 4 * i
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', now, 'LIMIT', 0, 100)) do
    local t, m = string.match(old, ':(%d+):(%d+)$')
    redis.call('ZREM', held, old)
    if redis.call('EXISTS', count) == 1 then
      give_back(count, t, m)
    end
  end
  local v = redis.call('HMGET', count, 'r', 't', 'm', 'ht', 'hm')
  local booked = {tonumber(v[1] or 0), tonumber(v[2] or 0), tonumber(v[3] or 0)}
  local reserved = {0, tonumber(v[4] or 0), tonumber(v[5] or 0)}
  local got = {most[1], most[2], most[3]}
  why[i] = 0
  for d = 1, 3 do
    local limit = tonumber(ARGV[at + d - 1])
    if limit > 0 and least[d] > 0 then
      local room = limit - booked[d]
      if room < least[d] then
        local reason = 2
        if d > 1 and least[d] > limit then reason = 3
        elseif d > 1 and least[d] <= room + reserved[d] then reason = 1 end
        why[i] = math.max(why[i], reason)
        short = true
      elseif room < got[d] then got[d] = room end
    end
  end
  wants[i] = {count, held, got, booked, tonumber(ARGV[at + 3]), not v[1]}
end
if short then return '0 ' .. table.concat(why, ' ') end
local out = {'1'}
for i, want in ipairs(wants) do
  local count, held, got, booked, lasts, new = unpack(want)
  local text = {string.format('%.0f', got[1]), string.format('%.0f', got[2]), string.format('%.0f', got[3])}
  redis.call('HINCRBY', count, 'r', text[1])
  redis.call('HINCRBY', count, 't', text[2])
  redis.call('HINCRBY', count, 'm', text[3])
  redis.call('HINCRBY', count, 'ht', text[2])
  redis.call('HINCRBY', count, 'hm', text[3])
  if new then redis.call('PEXPIRE', count, lasts) end
  redis.call('ZADD', held, till, id .. ':' .. text[2] .. ':' .. text[3])
  redis.call('PEXPIRE', held, lasts)
  local all = {booked[1] + got[1], booked[2] + got[2], booked[3] + got[3]}
  out[i + 1] = text[2] .. ' ' .. text[3] .. string.format(' %.0f %.0f %.0f', all[1], all[2], all[3])
end
return table.concat(out, ' ')
"""

# What isn't reserved any more has expired, or was settled before by a command whose answer was lost, which must not be
# booked twice. `late` tells that it has expired.
_SETTLE = """
local id, requests, tokens, money, late = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local out = {}
for i = 1, #KEYS / 2 do
  local count, held, t, m = KEYS[2 * i - 1], KEYS[2 * i], ARGV[4 + 2 * i], ARGV[5 + 2 * i]
  local open = redis.call('ZREM', held, id .. ':' .. t .. ':' .. m) == 1
  if redis.call('EXISTS', count) == 1 and (open or late == '1') then
    if open then
      give_back(count, t, m)
    end
    redis.call('HINCRBY', count, 'r', requests)
    redis.call('HINCRBY', count, 't', tokens)
    redis.call('HINCRBY', count, 'm', money)
  end
  local v = redis.call('HMGET', count, 'r', 't', 'm')
  out[i] = (v[1] or '0') .. ' ' .. (v[2] or '0') .. ' ' .. (v[3] or '0')
end
return table.concat(out, ' ')
"""

# The last part that each process has added stands in the same hash, below a name that no number has.
_ADD = """
local key, writer, id, lasts = KEYS[1], '#' .. ARGV[1], ARGV[2], ARGV[3]
if redis.call('HGET', key, writer) ~= id then
  redis.call('HSET', key, writer, id)
  for i = 4, #ARGV, 2 do redis.call('HINCRBY', key, ARGV[i], ARGV[i + 1]) end
  redis.call('PEXPIRE', key, lasts)
end
return redis.call('HGETALL', key)
"""


def _packed(parts: Sequence[str | int]) -> list[bytes]:
    out = [b"*%d\r\n" % len(parts)]
    for part in parts:
        text = str(part).encode()
        out.append(b"$%d\r\n%b\r\n" % (len(text), text))
    return [b"".join(out)]


class _Script:
    """A script, and what the server knows it by."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = sha1(text.encode(), usedforsecurity=False).hexdigest()


class ValkeyStore:
    """Counts in a server that all replicas share; to be used within one event loop.

    `url` is `valkey://[USER:PASSWORD@]HOST:PORT/DATABASE` (`valkeys://` with TLS, `redis://` and `rediss://` as well).
    `hold` is after how many seconds a reservation expires, `seconds` how long an answer may take. The server has to
    keep its keys (`maxmemory-policy noeviction`): one that forgets lets callers begin anew. Clocks of replicas may
    differ by far less than `hold`. Raises InputError for an address that is none.
    """

    def __init__(self, url: str, hold: float = 900.0, seconds: float = 1.0) -> None:
        try:
            self._pool: Any = ConnectionPool.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)
        except (ValueError, ValkeyError):
            # The address may hold a password: it is not repeated.
            raise InputError(
                "`state` is not the address of a server", help="write it as valkey://HOST:PORT/0"
            ) from None
        self._free: list[Any] = []
        self._turns = asyncio.Semaphore(_CONNECTIONS)
        self._take, self._settle = _Script(_GIVE_BACK + _TAKE), _Script(_GIVE_BACK + _SETTLE)
        self._add = _Script(_ADD)
        self._hold = hold
        self._owed: deque[tuple[Taken, Amount]] = deque(maxlen=_MOST_OWED)
        self._known: dict[str, int] = {}
        self._lost = 0.0

    async def take(self, wants: Sequence[Want], ask: Ask, now: float) -> Taken:
        """Reserve; see Store. Raises Exhausted and StateLost."""
        if now < self._lost:
            raise StateLost("the server was lost a moment ago")
        if self._owed:
            await self._pay(now)
        id, until = token_hex(8), now + self._hold
        arguments: list[Any] = [ceil(now * 1000), id, ceil(until * 1000), *ask.least, *ask.most]
        for want in wants:
            arguments += *want.limit, max(ceil((want.end + self._hold - now) * 1000), 1)
        taken, *numbers = await self._run(self._take, wants, arguments, now)
        if not taken:
            raise exhausted((Short(want, why) for want, why in zip(wants, numbers, strict=True) if why), now)
        got = []
        for place, want in enumerate(wants):
            tokens, money, *booked = numbers[5 * place : 5 * place + 5]
            got.append(Amount(ask.most.requests, tokens, money))
            self._learn(want, booked)
        return Taken(id, wants, got, until)

    async def settle(self, taken: Taken, used: Amount, now: float) -> None:
        """Book what was used; see Store. While the server is lost it is kept here, and booked when it is back."""
        try:
            await self._book(taken, used, now)
        except StateLost:
            self._owed.append((taken, used))

    def used(self, wants: Sequence[Want], now: float) -> int:  # noqa: ARG002 - as Store has it
        """Return percents of the tightest limit, as the last answers of the server for these wants told."""
        return max((self._known.get(want.key, 0) for want in wants), default=0)

    async def add(self, key: str, part: Part, until: float, now: float) -> Mapping[str, int]:
        """Add numbers; see Store. Raises StateLost."""
        arguments: list[str | int] = [part.writer, part.id, max(ceil((until - now) * 1000), 1)]
        for name, number in part.numbers.items():
            arguments += "." + name, number
        found = iter(await self._script(self._add, [1, _NUMBERS + key, *arguments], now))
        read = ((name.decode(), value) for name, value in zip(found, found, strict=True))
        return {name[1:]: int(value) for name, value in read if name.startswith(".")}

    async def ready(self) -> bool:
        """Tell whether the server answers."""
        try:
            return bool(await self._ask("PING") == b"PONG")
        except (TimeoutError, ValkeyError, OSError):
            return False

    async def close(self) -> None:
        """Book what is owed, if the server is there, and close all connections."""
        with suppress(StateLost):
            await self._pay(0.0)
        while self._free:
            await self._free.pop().disconnect(nowait=True)

    async def _book(self, taken: Taken, used: Amount, now: float) -> None:
        requests = used.requests - (taken.got[0].requests if taken.got else 0)
        arguments: list[Any] = [taken.id, requests, used.tokens, used.money, int(now >= taken.until)]
        for amount in taken.got:
            arguments += amount.tokens, amount.money
        numbers = await self._run(self._settle, taken.wants, arguments, now)
        for place, want in enumerate(taken.wants):
            self._learn(want, numbers[3 * place : 3 * place + 3])

    async def _pay(self, now: float) -> None:
        """Book what could not be booked before. Raises StateLost."""
        while self._owed:
            owed, booked = self._owed.popleft(), False
            try:
                await self._book(*owed, now)
                booked = True
            finally:
                if not booked:
                    self._owed.appendleft(owed)

    async def _run(self, script: _Script, wants: Sequence[Want], arguments: list[Any], now: float) -> list[int]:
        """Run a script, and return the numbers that it answers. Raises StateLost."""
        parts: list[Any] = [2 * len(wants)]
        for want in wants:
            parts += _COUNT + want.key, _HELD + want.key
        parts += arguments
        return [int(number) for number in (await self._script(script, parts, now)).split()]

    async def _script(self, script: _Script, parts: Sequence[str | int], now: float) -> Any:
        """Run a script with the number of its keys, the keys and more; return its answer. Raises StateLost."""
        try:
            try:
                return await self._ask("EVALSHA", script.digest, *parts)
            except NoScriptError:
                return await self._ask("EVAL", script.text, *parts)
        except (TimeoutError, ValkeyError, OSError) as error:
            self._lost = now + _PAUSE
            raise StateLost(type(error).__name__) from None

    async def _ask(self, *parts: str | int) -> Any:
        """Send a command and return its answer. Raises ValkeyError, OSError or TimeoutError.

        Connections are kept here, which costs a third of what the library's client and pool do.
        """
        packed = _packed(parts)
        async with self._turns:
            if self._free:
                # The server may have closed it meanwhile. What it did all the same is undone when it expires.
                with suppress(ConnectionLost, OSError):
                    return await self._on(self._free.pop(), packed)
            return await self._on(self._pool.make_connection(), packed)

    async def _on(self, connection: Any, packed: list[bytes]) -> Any:
        whole = False
        try:
            await connection.connect()
            await connection.send_packed_command(packed, check_health=False)
            try:
                done = await connection.read_response()
            except ResponseError:
                whole = True
                raise
            whole = True
        finally:
            if whole:
                self._free.append(connection)
            else:  # an answer may still be under way, be it that nobody waits for it any more
                await connection.disconnect(nowait=True)
        return done

    def _learn(self, want: Want, booked: Sequence[int]) -> None:
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known[want.key] = max(map(percent, booked, want.limit))
