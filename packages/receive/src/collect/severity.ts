/** Severities as syslog and the systemd journal number them. */

const KEYWORDS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

/** The word for a severity from 0 (emergency) to 7 (debug), as Promtail names it in `__journal_priority_keyword`; undefined for anything else. */
export function priorityKeyword(severity: string): string | undefined {
  return /^[0-7]$/.test(severity) ? KEYWORDS[Number(severity)] : undefined;
}
