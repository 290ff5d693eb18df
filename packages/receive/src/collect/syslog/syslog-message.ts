/** A syslog message, whatever form it came in. */

/** Its parts; what a message does not have is empty. */
export interface SyslogMessage {
  readonly facility: number;
  /** 0 (emergency) to 7 (debug). */
  readonly severity: number;
  /** Nanoseconds since the epoch; undefined when the message has no time that can be read. */
  readonly timestamp: bigint | undefined;
  /** Whether the time came with its zone; otherwise it was taken for local time. */
  readonly zoned: boolean;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  /** Structured data: id, name, value. */
  readonly data: readonly (readonly [id: string, name: string, value: string])[];
  readonly text: string;
}

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'security',
  'console',
  'solaris-cron',
  ...Array.from({ length: 8 }, (_, i) => `local${i}`),
];

const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];

export function facilityName(facility: number): string {
  return FACILITIES[facility] ?? String(facility);
}

export function severityName(severity: number): string {
  return SEVERITIES[severity] ?? String(severity);
}

/** `<PRI>` at the beginning; undefined when there is none. */
export function readPriority(text: string): { readonly facility: number; readonly severity: number; readonly length: number } | undefined {
  const match = /^<(\d{1,3})>/.exec(text);
  if (match === null) return undefined;
  const priority = Number(match[1]);
  return priority > 191 ? undefined : { facility: priority >> 3, severity: priority & 7, length: match[0].length };
}
