/** A small part of LogQL, enough for the page: matchers, line filters, label filters on texts, json, logfmt, counting by labels. */

import { type LabelCondition, type LogSelection, parseLogql, type RangeAggregation, type Stage } from '@atalaya/lang';
import { compileMatcher, type Matcher } from '@atalaya/model';

import { parseFields } from '../../../src/data/logs/parse-fields.ts';
import { linesOf, type MockLine, type MockStream, STREAMS } from './world.ts';

type Labels = Readonly<Record<string, string>>;

/** A line that a selection found. */
export interface FoundLine extends MockLine {
  readonly stream: MockStream;
  readonly parsed: Labels;
}

/** The streams that matchers select. */
export function streamsOf(matchers: readonly Matcher[]): MockStream[] {
  const tests = matchers.map(compileMatcher);
  const named = matchers.some(({ operator, value }) => operator === '=' && value === 'flood');
  return STREAMS.filter(
    (stream) => (named || stream.hidden === undefined) && tests.every((matcher) => matcher.matches(stream.labels[matcher.name] ?? '')),
  );
}

interface Passing {
  readonly text: string;
  readonly labels: Labels;
  readonly parsed: Labels;
}

type Step = (line: Passing) => Passing | undefined;

function stepOf(stage: Stage): Step {
  switch (stage.kind) {
    case 'line-filter': {
      const negated = stage.operator.startsWith('!');
      const tests = stage.alternatives.map(({ value }) => lineTest(stage.operator, value));
      return (line) => (tests.some((test) => test(line.text)) === negated ? undefined : line);
    }
    case 'json':
    case 'logfmt':
      return (line) => {
        const parsed = Object.fromEntries(parseFields(line.text, stage.kind)?.map(({ name, value }) => [name, value]) ?? []);
        return { ...line, parsed: { ...line.parsed, ...parsed }, labels: { ...parsed, ...line.labels } };
      };
    case 'label-filter': {
      const test = conditionOf(stage.condition);
      return (line) => (test(line.labels) ? line : undefined);
    }
    // Parsers and formats that the mock's pages do not need.
    case 'regexp':
    case 'pattern':
    case 'unpack':
    case 'decolorize':
    case 'line_format':
    case 'label_format':
    case 'drop':
    case 'keep':
      return (line) => line;
  }
}

function lineTest(operator: string, value: string): (text: string) => boolean {
  if (operator.endsWith('=')) return (text) => text.includes(value);
  const pattern = operator.endsWith('>')
    ? value
        .split('<_>')
        .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
        .join('.+')
    : value;
  const ignoreCase = pattern.startsWith('(?i)');
  const regular = new RegExp(ignoreCase ? pattern.slice(4) : pattern, ignoreCase ? 'isu' : 'su');
  return (text) => regular.test(text);
}

function conditionOf(condition: LabelCondition): (labels: Labels) => boolean {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const [left, right] = [conditionOf(condition.left), conditionOf(condition.right)];
      return condition.kind === 'and' ? (labels) => left(labels) && right(labels) : (labels) => left(labels) || right(labels);
    }
    case 'match': {
      const matcher = compileMatcher(condition.matcher);
      return (labels) => matcher.matches(labels[matcher.name] ?? '');
    }
    case 'number': {
      const { label, operator, value } = condition;
      return (labels) => compare(Number(labels[label] ?? NaN), operator, value);
    }
    case 'ip':
    case 'duration':
    case 'bytes':
      return () => true;
  }
}

function compare(left: number, operator: string, right: number): boolean {
  switch (operator) {
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '!=':
      return left !== right;
    default:
      return left === right;
  }
}

/** What a selection's stages leave of a line. */
export function lineChecker(selection: LogSelection): (stream: MockStream, line: MockLine) => FoundLine | undefined {
  const steps = selection.stages.map(stepOf);
  return (stream, line) => {
    let passing: Passing | undefined = { text: line.text, labels: { ...line.metadata, ...stream.labels }, parsed: {} };
    for (const step of steps) {
      passing = step(passing);
      if (passing === undefined) return undefined;
    }
    return { ...line, stream, parsed: passing.parsed };
  };
}

/** The first `limit` lines of a selection from one end of a range. */
export function findLines(
  selection: LogSelection,
  start: bigint,
  end: bigint,
  limit: number,
  direction: 'forward' | 'backward',
): FoundLine[] {
  const check = lineChecker(selection);
  const sources = streamsOf(selection.matchers).map((stream) => ({ stream, lines: linesOf(stream, start, end, direction) }));
  const next = ({ stream, lines }: (typeof sources)[number]): FoundLine | undefined => {
    for (let step = lines.next(); step.done !== true; step = lines.next()) {
      const found = check(stream, step.value);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const heads = sources.map(next);
  const found: FoundLine[] = [];
  while (found.length < limit) {
    let best = -1;
    for (const [i, head] of heads.entries()) {
      const before = heads[best];
      if (head !== undefined && (before === undefined || (direction === 'forward' ? head.time < before.time : head.time > before.time)))
        best = i;
    }
    const head = heads[best];
    if (head === undefined) break;
    found.push(head);
    heads[best] = next(sources[best] as (typeof sources)[number]);
  }
  return found;
}

/** Counts by time and labels. Milliseconds; the key of a group is its labels in JSON. */
export function countLines(query: string, start: number, end: number, step: number): { metric: Labels; values: [number, string][] }[] {
  const expression = parseLogql(query);
  const outer = expression.kind === 'aggregation' ? expression : undefined;
  const inner = (outer?.expression ?? expression) as RangeAggregation;
  if (inner.kind !== 'range') return [];
  const check = lineChecker(inner.logs);
  const groups = new Map<string, Map<number, number>>();
  const ns = (milliseconds: number) => BigInt(milliseconds) * 1_000_000n;
  for (const stream of streamsOf(inner.logs.matchers)) {
    for (const line of linesOf(stream, ns(start - inner.range), ns(end), 'forward')) {
      const found = check(stream, line);
      if (found === undefined) continue;
      const all: Labels = { ...found.metadata, ...found.parsed, ...stream.labels };
      const names = outer?.grouping?.labels ?? (outer === undefined ? Object.keys(stream.labels) : []);
      const key = JSON.stringify(Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]))));
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = new Map<number, number>()));
      // The first evaluation whose range holds the line; with ranges of one step there is no other.
      const at = start + Math.ceil((Number(line.time / 1_000_000n) - start) / step) * step;
      if (at >= start && at <= end) group.set(at, (group.get(at) ?? 0) + 1);
    }
  }
  const perSecond = inner.operation === 'rate' ? inner.range / 1000 : 1;
  return [...groups].map(([key, counts]) => ({
    metric: JSON.parse(key) as Labels,
    values: [...counts].sort(([a], [b]) => a - b).map(([at, count]): [number, string] => [at / 1000, String(count / perSecond)]),
  }));
}
