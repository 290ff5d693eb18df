/** IP addresses and sets of them: one, a network, or a range. */

/** An address: its family, and its bits as one number. A version 4 address inside a version 6 one is of version 6. */
interface Address {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** Addresses from one to another, both included, of one family. */
interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  /** The same as numbers, for version 4. */
  readonly low: number;
  readonly high: number;
}

/** Whether a text holds an address of a set. */
export interface AddressSearch {
  holds(text: string): boolean;
}

/** Reads `1.2.3.4`, `1.2.3.0/24` or `1.2.3.4-1.2.3.9`, of either family. @throws RangeError `ip: invalid pattern: "…"`. */
export function compileAddressSearch(pattern: string): AddressSearch {
  const range = rangeOf(pattern);
  if (range === undefined) throw new RangeError(`ip: invalid pattern: ${JSON.stringify(pattern)}`);
  return { holds: (text) => isFound(text, range) };
}

const makeRange = (version: 4 | 6, first: bigint, last: bigint): AddressRange => ({
  version,
  first,
  last,
  low: Number(first),
  high: Number(last),
});

function rangeOf(pattern: string): AddressRange | undefined {
  const one = addressOf(pattern);
  if (one !== undefined) return makeRange(one.version, one.bits, one.bits);
  const [, network = '', length] = /^(.*)\/(0|[1-9]\d{0,2})$/.exec(pattern) ?? [];
  if (length !== undefined) {
    const address = addressOf(network);
    const width = address?.version === 4 ? 32 : 128;
    if (address === undefined || Number(length) > width) return undefined;
    const free = BigInt(width - Number(length));
    const first = (address.bits >> free) << free;
    return makeRange(address.version, first, first + (1n << free) - 1n);
  }
  const dash = pattern.indexOf('-');
  const first = addressOf(pattern.slice(0, Math.max(0, dash)));
  const last = addressOf(pattern.slice(dash + 1));
  if (first === undefined || last === undefined || first.version !== last.version || first.bits > last.bits) return undefined;
  return makeRange(first.version, first.bits, last.bits);
}

function addressOf(text: string): Address | undefined {
  if (text.includes(':')) return version6(text);
  const value = version4(text);
  return value === undefined ? undefined : { version: 4, bits: BigInt(value) };
}

/** The 32 bits of a dotted address without leading zeros, which the text has to be from one place to another. */
function version4(text: string, start = 0, end = text.length): number | undefined {
  let bits = 0;
  let parts = 0;
  for (let at = start; at <= end; at++) {
    const first = at;
    let part = 0;
    for (; at < end && isDigit(text.charCodeAt(at)) && at - first < 4; at++) part = part * 10 + text.charCodeAt(at) - 0x30;
    const isPart = at > first && part <= 255 && (at - first === 1 || text.charCodeAt(first) !== 0x30);
    if (!isPart || (at < end && text.charCodeAt(at) !== DOT)) return undefined;
    bits = bits * 256 + part;
    parts++;
  }
  return parts === 4 ? bits : undefined;
}

/** Characters of the longest address: eight groups, the last two as a version 4 address. */
const LONGEST = 45;

function version6(text: string): Address | undefined {
  const halves = text.split('::');
  if (text.length > LONGEST || halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  // Two colons stand for at least one group.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return { version: 6, bits: groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n) };
}

/** Groups of 16 bits; the last two may be written as a version 4 address. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const dotted = isEnd && index === parts.length - 1 ? version4(part) : undefined;
      if (dotted === undefined) return undefined;
      groups.push(Math.floor(dotted / 65_536), dotted % 65_536);
    }
  }
  return groups;
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const isHex = (unit: number): boolean => isDigit(unit) || (unit >= 0x61 && unit <= 0x66) || (unit >= 0x41 && unit <= 0x46);
const DOT = 0x2e;
const COLON = 0x3a;

function holdsVersion4({ low, high }: AddressRange, text: string, start: number, end: number): boolean {
  const bits = version4(text, start, end);
  return bits !== undefined && bits >= low && bits <= high;
}

function holdsVersion6({ first, last }: AddressRange, text: string): boolean {
  const address = version6(text);
  return address !== undefined && address.bits >= first && address.bits <= last;
}

/** Goes through a text from one thing that looks like an address to the next. */
function isFound(text: string, range: AddressRange): boolean {
  for (let at = 0; at < text.length; at++) {
    const short = startsVersion4(text, at);
    if (!short && !startsVersion6(text, at)) continue;
    let end = at;
    while (end < text.length && isAddressUnit(text.charCodeAt(end), short)) end++;
    // Longer runs are no addresses.
    const isShort = end - at <= LONGEST;
    if (
      isShort &&
      (range.version === 4 ? short && holdsVersion4(range, text, at, end) : !short && holdsVersion6(range, text.slice(at, end)))
    )
      return true;
    at = end;
  }
  return false;
}

function isAddressUnit(unit: number, short: boolean): boolean {
  return unit === DOT || (short ? isDigit(unit) : unit === COLON || isHex(unit));
}

/** A digit, and a dot within the next three characters. */
function startsVersion4(text: string, at: number): boolean {
  if (at + 3 >= text.length || !isDigit(text.charCodeAt(at))) return false;
  return text.charCodeAt(at + 1) === DOT || text.charCodeAt(at + 2) === DOT || text.charCodeAt(at + 3) === DOT;
}

/** One to four hexadecimal digits and a colon, or two colons and a digit. */
function startsVersion6(text: string, at: number): boolean {
  const first = text.charCodeAt(at);
  if (first === COLON) return text.charCodeAt(at + 1) === COLON && isHex(text.charCodeAt(at + 2));
  if (!isHex(first)) return false;
  for (let i = 1; i <= 4; i++) {
    const unit = text.charCodeAt(at + i);
    if (unit === COLON) return true;
    if (!isHex(unit)) return false;
  }
  return false;
}
