/** Cuts a log line into words and what stands between them, such that lines of one message are cut alike. */

/** What a word is good for when lines are compared. */
export const WORD = {
  /** Says something: lines of the same message share most of these. */
  text: 0,
  /** The name of a value (`name=…`, `"name":`): lines share it because of their format, whatever they say. */
  key: 1,
  /** Holds digits: likely to differ from line to line. */
  variable: 2,
  /** Could not stand in a pattern as it is, as it holds `<` or `>`. */
  unprintable: 3,
} as const;

/** A line as words; of a line that is too long only the beginning. Reused from line to line. */
export interface Words {
  count: number;
  readonly texts: string[];
  /** Of {@link WORD}. */
  readonly kinds: number[];
  /** What stands before each word, between them, and after the last: `count + 1` texts. */
  readonly gaps: string[];
  /** Whether the line goes on after what was cut. */
  cut: boolean;
}

/** Words of a line at most: what follows hardly tells messages apart. */
const MOST_WORDS = 120;
/** UTF-16 units of a line at most. */
const LONGEST = 4096;

const CLASS = { gap: 0, letter: 1, digit: 2, joiner: 3, angle: 4, space: 5 } as const;

/** Class of each ASCII character; joiners belong to a word when it goes on after them. */
const CLASSES = ((): Uint8Array => {
  const classes = new Uint8Array(128).fill(CLASS.letter);
  const set = (characters: string, kind: number): void => {
    for (const character of characters) classes[character.charCodeAt(0)] = kind;
  };
  set('"()[]{}=|`', CLASS.gap);
  set('0123456789', CLASS.digit);
  set(":,;'", CLASS.joiner);
  set('<>', CLASS.angle);
  for (let code = 0; code <= 32; code++) classes[code] = CLASS.space;
  return classes;
})();

const classOf = (code: number): number => (code < 128 ? (CLASSES[code] as number) : CLASS.letter);

export function createWords(): Words {
  return { count: 0, texts: [], kinds: [], gaps: [], cut: false };
}

/** Cuts the first row of a line. */
export function cutWords(line: string, into: Words): void {
  const row = line.indexOf('\n');
  let end = row < 0 ? line.length : row;
  into.cut = row >= 0 && row < line.length - 1;
  if (end > LONGEST) {
    end = LONGEST;
    into.cut = true;
  }
  let count = 0;
  let at = 0;
  let gapStart = 0;
  while (at < end) {
    const kind = classOf(line.charCodeAt(at));
    if (kind === CLASS.space || kind === CLASS.gap || kind === CLASS.joiner) {
      at++;
      continue;
    }
    if (count === MOST_WORDS) {
      end = at;
      into.cut = true;
      break;
    }
    const start = at;
    const { stop, digits, angles } = wordFrom(line, start, end);
    at = stop;
    into.gaps[count] = line.slice(gapStart, start);
    into.texts[count] = line.slice(start, at);
    into.kinds[count] = angles ? WORD.unprintable : isKey(line, at, end) ? WORD.key : digits ? WORD.variable : WORD.text;
    count++;
    gapStart = at;
  }
  into.gaps[count] = line.slice(gapStart, end);
  into.count = count;
}

const found = { stop: 0, digits: false, angles: false };

/** The word that starts here. The result is valid until the next call. */
function wordFrom(line: string, start: number, end: number): typeof found {
  let at = start;
  let digits = false;
  let angles = false;
  // A path or address holds signs that part words elsewhere, and ends at a space, a quote or a bracket.
  let address = line.charCodeAt(start) === SLASH;
  for (; at < end; at++) {
    const code = line.charCodeAt(at);
    const kind = classOf(code);
    if (kind === CLASS.letter) {
      if (code === SLASH && at > start && line.charCodeAt(at - 1) === SLASH) address = true;
    } else if (kind === CLASS.digit) digits = true;
    else if (kind === CLASS.angle) angles = true;
    else if (kind === CLASS.space) break;
    else if (kind === CLASS.gap) {
      if (!(address && code === EQUALS)) break;
    } else if (!goesOn(line, code, at, start, end, address)) break;
  }
  found.stop = at;
  found.digits = digits;
  found.angles = angles;
  return found;
}

const SLASH = 0x2f;
const EQUALS = 0x3d;
const COLON = 0x3a;
const QUOTE = 0x22;

/** Whether a word goes on after the joining sign at this place: `12:30`, `1,234`, `can't`. */
function goesOn(line: string, code: number, at: number, start: number, end: number, address: boolean): boolean {
  if (at === start || at + 1 >= end) return false;
  const before = classOf(line.charCodeAt(at - 1));
  const after = classOf(line.charCodeAt(at + 1));
  // `::` in addresses of IPv6, `://` in those of the web.
  if (code === COLON) return after === CLASS.letter || after === CLASS.digit || line.charCodeAt(at + 1) === COLON;
  if (address && (after === CLASS.letter || after === CLASS.digit)) return true;
  return code === 0x27 ? before === CLASS.letter && after === CLASS.letter : before === CLASS.digit && after === CLASS.digit;
}

/** Whether what ended here is the name of a value: `=` follows, or a quote and a colon. */
function isKey(line: string, at: number, end: number): boolean {
  if (at >= end) return false;
  const code = line.charCodeAt(at);
  return code === EQUALS || (code === QUOTE && at + 1 < end && line.charCodeAt(at + 1) === COLON);
}
