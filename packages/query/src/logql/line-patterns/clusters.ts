/**
 * Groups lines by the message they are made from, in one pass, in the manner of Drain: lines go down a tree of fixed depth (how they are
 * punctuated, their first word) to a few candidates, join the most similar one, and leave a placeholder where they differ from it.
 */

import { createWords, cutWords, WORD, type Words } from './words.ts';

export interface ClusterLimits {
  /** Groups at most; lines that would need another are counted as left over. */
  readonly clusters: number;
}

/** Share of the words that say something in which a line must agree with a group to join it. */
const SIMILAR = 0.6;
/** First words that lead to groups of their own, for lines punctuated alike; where there are more, the first word is a variable. */
const FIRST_WORDS = 24;
/** Groups to compare a line with; beyond it joins the most similar one. */
const CANDIDATES = 48;
/** Between the texts of a key of the tree; no line holds it twice in a row by accident. */
const JOINT = '\u0000\u0001';

/** Lines that seem to be made from one message. */
export interface Cluster {
  /** The words; a placeholder is `undefined`. */
  readonly words: (string | undefined)[];
  readonly kinds: readonly number[];
  readonly gaps: readonly string[];
  /** Whether some lines go on after the last word. */
  cut: boolean;
  lines: number;
  /** Lines by number of the bucket of time. */
  readonly buckets: Map<number, number>;
}

/** Groups of lines, and where each bucket of time has them. */
export class Clusters {
  readonly #limit: number;
  readonly #all: Cluster[] = [];
  readonly #byShape = new Map<string, Map<string, Cluster[]>>();
  readonly #words: Words = createWords();
  #leftOver = 0;

  constructor(limits: ClusterLimits) {
    this.#limit = limits.clusters;
  }

  get all(): readonly Cluster[] {
    return this.#all;
  }

  /** Lines that found no group because there were too many. */
  get leftOver(): number {
    return this.#leftOver;
  }

  /** Adds a line to the bucket. */
  add(line: string, bucket: number): void {
    const words = this.#words;
    cutWords(line, words);
    const candidates = this.#candidates(words);
    const cluster = nearest(candidates, words, candidates.length >= CANDIDATES) ?? this.#create(candidates, words);
    if (cluster === undefined) {
      this.#leftOver++;
      return;
    }
    cluster.cut ||= words.cut;
    cluster.lines++;
    cluster.buckets.set(bucket, (cluster.buckets.get(bucket) ?? 0) + 1);
  }

  #candidates(words: Words): Cluster[] {
    const { count } = words;
    let shape = words.gaps[0] as string;
    for (let i = 1; i <= count; i++) shape += JOINT + (words.gaps[i] as string);
    let byFirst = this.#byShape.get(shape);
    if (byFirst === undefined) {
      if (this.#all.length >= this.#limit) return [];
      this.#byShape.set(shape, (byFirst = new Map<string, Cluster[]>()));
    }
    const first = firstText(words);
    const found = byFirst.get(first);
    if (found !== undefined) return found;
    // The empty word leads to the groups of all lines whose first words are too many.
    const key = byFirst.size < FIRST_WORDS ? first : '';
    let list = byFirst.get(key);
    if (list === undefined) byFirst.set(key, (list = []));
    return list;
  }

  #create(candidates: Cluster[], { count, texts, kinds, gaps, cut }: Words): Cluster | undefined {
    if (this.#all.length >= this.#limit) return undefined;
    const words: (string | undefined)[] = texts.slice(0, count);
    for (let i = 0; i < count; i++) if (kinds[i] === WORD.unprintable) words[i] = undefined;
    const cluster: Cluster = {
      words,
      kinds: kinds.slice(0, count),
      gaps: gaps.slice(0, count + 1),
      cut,
      lines: 0,
      buckets: new Map<number, number>(),
    };
    candidates.push(cluster);
    this.#all.push(cluster);
    return cluster;
  }
}

/** The first word that says something. */
function firstText({ count, texts, kinds }: Words): string {
  for (let i = 0; i < count; i++) if (kinds[i] === WORD.text) return texts[i] as string;
  return '';
}

/** The most similar group, changed so that the line fits it; none when none is similar enough, unless any will do. */
function nearest(candidates: Cluster[], line: Words, any: boolean): Cluster | undefined {
  let best: Cluster | undefined;
  let bestAt = 0;
  let bestSimilarity = any ? -1 : SIMILAR;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i] as Cluster;
    const similarity = similarityOf(candidate, line);
    if (similarity < bestSimilarity || (similarity === bestSimilarity && best !== undefined)) continue;
    best = candidate;
    bestAt = i;
    bestSimilarity = similarity;
    if (similarity === 1) break;
  }
  if (best === undefined) return undefined;
  // Lines come in runs: what matched last is looked at first.
  if (bestAt > 0) {
    candidates[bestAt] = candidates[0] as Cluster;
    candidates[0] = best;
  }
  const { words } = best;
  for (let i = 0; i < words.length; i++) if (words[i] !== undefined && words[i] !== line.texts[i]) words[i] = undefined;
  return best;
}

/** Share of the compared words that are equal, −1 where the names of values differ. Of lines without such words: 1. */
function similarityOf(cluster: Cluster, line: Words): number {
  let compared = 0;
  let equal = 0;
  const { words } = cluster;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const kind = line.kinds[i];
    if (kind === WORD.key) {
      if (word !== line.texts[i]) return -1;
    } else if (word !== undefined && kind === WORD.text && cluster.kinds[i] === WORD.text) {
      compared++;
      if (word === line.texts[i]) equal++;
    }
  }
  return compared === 0 ? 1 : equal / compared;
}
