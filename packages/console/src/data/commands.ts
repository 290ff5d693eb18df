/** What the command palette offers: pages, metrics, targets and traces as places to go to, ranked by what was typed. */

import { fuzzyRank } from './fuzzy.ts';
import { metricEntries, type MetadataByMetric, startingQuery } from './metadata.ts';
import { type Target, targetName } from './targets.ts';
import { pastedTraceId } from './traces/trace-id.ts';

/** The kinds of things that can be found, in the order in which they are shown. */
export type CommandKind = 'trace' | 'page' | 'service' | 'metric' | 'target' | 'logs';

/** One thing to go to. */
export interface Command {
  readonly id: string;
  readonly kind: CommandKind;
  readonly name: string;
  readonly detail: string;
  readonly to: string;
  readonly search: Readonly<Record<string, unknown>>;
}

/** Everything that can be found. */
export function buildCommands(
  pages: readonly { to: string; name: string }[],
  metrics: readonly string[],
  metadata: MetadataByMetric,
  targets: readonly Target[],
  services: readonly string[],
): Command[] {
  return [
    ...pages.map(({ to, name }): Command => ({ id: `page-${to.slice(1)}`, kind: 'page', name, detail: '', to, search: {} })),
    ...services.map((name): Command => ({
      id: `service-${name}`,
      kind: 'service',
      name,
      detail: '',
      to: `/services/${encodeURIComponent(name)}`,
      search: {},
    })),
    ...metricEntries(metrics, metadata).map((entry): Command => ({
      id: `metric-${entry.name}`,
      kind: 'metric',
      name: entry.name,
      detail: entry.help,
      to: '/explore',
      search: { q: [startingQuery(entry)] },
    })),
    ...targets.map((target, index): Command => ({
      id: `target-${index}`,
      kind: 'target',
      name: targetName(target),
      detail: target.scrapePool,
      to: '/targets',
      search: { find: targetName(target) },
    })),
  ];
}

const LIMITS = { page: 6, service: 6, metric: 12, target: 6 } as const;

/** The trace whose id was typed or pasted. */
function traceCommand(id: string): Command {
  return { id: 'trace', kind: 'trace', name: id, detail: '', to: `/traces/${id}`, search: {} };
}

/** Looking for what was typed in the lines of all logs. */
function logsCommand(text: string): Command {
  const words = text.trim();
  const q = `{service_name=~".+"} |= ${JSON.stringify(words)}`;
  return { id: 'logs-words', kind: 'logs', name: words, detail: '', to: '/logs', search: { q } };
}

/** The best of each kind; kinds without a hit are left out. With nothing typed: pages, and a few of the others. */
export function rankCommands(commands: readonly Command[], text: string): { kind: CommandKind; commands: Command[] }[] {
  const empty = text.trim() === '';
  const trace = pastedTraceId(text);
  const found: { kind: CommandKind; commands: Command[] }[] = (['page', 'service', 'target', 'metric'] as const)
    .map((kind) => {
      const candidates = commands.filter((command) => command.kind === kind);
      return { kind, commands: fuzzyRank(text, candidates, (command) => command.name, empty && kind !== 'page' ? 4 : LIMITS[kind]) };
    })
    .filter((group) => group.commands.length > 0);
  return [
    ...(trace === undefined ? [] : [{ kind: 'trace' as const, commands: [traceCommand(trace)] }]),
    ...found,
    ...(empty ? [] : [{ kind: 'logs' as const, commands: [logsCommand(text)] }]),
  ];
}
