/** What the server remarks about an answer, taken apart: its kind, its words, the place in the query that it names. */

/** A place in a query, both from 1. */
export interface QueryPosition {
  readonly line: number;
  readonly column: number;
}

/** One remark. */
export interface Remark {
  readonly severity: 'warning' | 'info';
  readonly text: string;
  readonly position: QueryPosition | undefined;
}

const PREFIX = /^PromQL (?:warning|info): /;
const POSITION = / \((\d+):(\d+)\)$/;

/** A remark without the prefix and the position that it is sent with. */
function remarkOf(severity: Remark['severity'], message: string): Remark {
  const place = POSITION.exec(message);
  return {
    severity,
    text: message.replace(PREFIX, '').replace(POSITION, ''),
    position: place === null ? undefined : { line: Number(place[1]), column: Number(place[2]) },
  };
}

/** What an answer's warnings and infos say, apart: on the query (which can be changed), and on the data (which is not whole). */
export function remarksOf(answer: { readonly warnings: readonly string[]; readonly infos: readonly string[] }): {
  readonly query: readonly Remark[];
  readonly data: readonly string[];
} {
  const ofQuery = answer.warnings.filter((message) => PREFIX.test(message));
  return {
    query: [...ofQuery.map((message) => remarkOf('warning', message)), ...answer.infos.map((message) => remarkOf('info', message))],
    data: answer.warnings.filter((message) => !PREFIX.test(message)),
  };
}

/** The setting that a refusal names, when a limit was the reason. */
export function limitSetting(code: string | undefined, message: string): string | undefined {
  if (code !== 'QUERY_LIMIT' && code !== 'QUERY_TIMEOUT' && code !== 'OVERLOADED') return undefined;
  return /\b(?:query|limits|engine)\.[a-z_]+\b/.exec(message)?.[0];
}
