/** Colours and other control sequences of terminals in texts. */

const ESCAPE = '\u001B';
const INTRODUCER = '\u009B';
const BELL = '\u0007';
/** What introduces a sequence, then either a text that a bell ends, or numbers and a final character. As Loki and Promtail have it. */
const SEQUENCE = new RegExp(
  String.raw`[${ESCAPE}${INTRODUCER}][[\]()#;?]*(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*${BELL}|${BELL}|(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~])`,
  'g',
);

/** The text without them. */
export function withoutTerminalSequences(text: string): string {
  return text.includes(ESCAPE) || text.includes(INTRODUCER) ? text.replaceAll(SEQUENCE, '') : text;
}
