/** Go's reference layouts (`2006-01-02T15:04:05Z07:00`), cut into texts and elements of a time. */

/** What an element of a layout stands for, named by how Go writes it. */
export type LayoutElement =
  | 'January'
  | 'Jan'
  | '1'
  | '01'
  | 'Monday'
  | 'Mon'
  | '2'
  | '_2'
  | '02'
  | '__2'
  | '002'
  | '15'
  | '3'
  | '03'
  | '4'
  | '04'
  | '5'
  | '05'
  | '2006'
  | '06'
  | 'PM'
  | 'pm'
  | 'MST'
  | 'zone'
  | 'fraction';

/** A piece of a layout. */
export type LayoutPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: Exclude<LayoutElement, 'zone' | 'fraction'>; readonly text: string }
  /** A numeric zone: whether `Z` stands for UTC, whether a colon separates, and whether minutes and seconds are there. */
  | { readonly kind: 'zone'; readonly text: string; readonly z: boolean; readonly colon: boolean; readonly fields: 1 | 2 | 3 }
  /** Digits of a second behind `.` or `,`: always so many, or as many as are there. */
  | { readonly kind: 'fraction'; readonly text: string; readonly digits: number; readonly trimmed: boolean };

/** Layouts that have a name in Go's `time` package. */
export const GO_LAYOUTS: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
  Kitchen: '3:04PM',
  Stamp: 'Jan _2 15:04:05',
  StampMilli: 'Jan _2 15:04:05.000',
  StampMicro: 'Jan _2 15:04:05.000000',
  StampNano: 'Jan _2 15:04:05.000000000',
  DateTime: '2006-01-02 15:04:05',
  DateOnly: '2006-01-02',
  TimeOnly: '15:04:05',
};

/** Longer forms before those that they begin with; `_2006` is an underscore and a year. A month's or day's short name is none when a lower-case letter follows. */
const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|2|3|4|5|PM|pm|[-Z]07(?::00:00|0000|:00|00)?|[.,](?:0+|9+)(?!\d)/g;

const KNOWN = new Map<string, readonly LayoutPart[]>();
/** Layouts come from configurations and queries: few, but not ours. */
const KNOWN_LIMIT = 500;

/** Cuts a layout. The answers for recent layouts are kept. */
export function cutLayout(layout: string): readonly LayoutPart[] {
  let parts = KNOWN.get(layout);
  if (parts === undefined) {
    parts = cut(layout);
    if (KNOWN.size >= KNOWN_LIMIT) KNOWN.clear();
    KNOWN.set(layout, parts);
  }
  return parts;
}

function cut(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = [];
  let end = 0;
  const addText = (to: number): void => {
    if (to > end) parts.push({ kind: 'text', text: layout.slice(end, to) });
  };
  for (const match of layout.matchAll(ELEMENT)) {
    const [text] = match;
    addText(match.index);
    parts.push(elementOf(text));
    end = match.index + text.length;
  }
  addText(layout.length);
  return parts;
}

function elementOf(text: string): LayoutPart {
  if (/^[.,]/.test(text)) return { kind: 'fraction', text, digits: text.length - 1, trimmed: text[1] === '9' };
  if (/^[-Z]07/.test(text)) {
    const colon = text.includes(':');
    const digits = text.replaceAll(/\D/g, '').length;
    return { kind: 'zone', text, z: text.startsWith('Z'), colon, fields: (digits / 2) as 1 | 2 | 3 };
  }
  return { kind: text as Exclude<LayoutElement, 'zone' | 'fraction'>, text };
}
