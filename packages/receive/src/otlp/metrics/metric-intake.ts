/** What all requests with metrics share: how names are translated, the resources that are known, the totals of deltas. */

import type { Clock } from '@atalaya/model';
import type { MetricWriter } from '../../metric-writer.ts';
import { KeyIndex } from '../../metrics/key-index.ts';
import type { RawSeriesResolver } from '../../metrics/raw-series.ts';
import { type HashSeed, randomSeed } from '../../remote-write/keyed-hash.ts';
import type { Origin } from '../origin.ts';
import { DeltaStreams } from './delta-streams.ts';
import type { PlainAttributes } from './plain-attributes.ts';
import type { PointLimits } from './reasons.ts';
import { type ResourceLabels, resourceLabels, scopeLabels } from './resource-labels.ts';
import type { OtlpTranslation } from './translation.ts';

/** What the intake is made of. */
export interface MetricIntakeOptions {
  readonly writer: MetricWriter & RawSeriesResolver;
  readonly clock: Clock;
  readonly limits: PointLimits;
  /** Whether deltas are added up; otherwise they are refused. */
  readonly convertDelta: boolean;
  /** Asked for each request; another object makes all names anew. */
  readonly translation: () => OtlpTranslation;
}

/** A resource, and with it a scope where that is part of series. */
export interface PointContext {
  /** Stands for both in keys; never given twice. */
  readonly id: number;
  readonly resource: KnownResource;
  readonly scope: readonly (readonly [name: string, value: string])[];
}

/** A resource as labels. One object as long as it is known. */
export interface KnownResource extends ResourceLabels {
  /** Stands for it in keys. */
  readonly id: number;
}

/** Enough for any honest set of instances, in number and in UTF-16 units; beyond it the memory starts anew, which costs time only. */
const MOST_CONTEXTS = 10_000;
const MOST_UNITS = 16 << 20;
const MOST_DESCRIBED = 65_536;
/** After this long metadata is handed to the writer again, which knows what has been written. */
const DESCRIBED_AGAIN_MS = 30 * 60_000;

export class MetricIntake {
  readonly writer: MetricWriter & RawSeriesResolver;
  readonly clock: Clock;
  readonly limits: PointLimits;
  readonly convertDelta: boolean;
  readonly deltas: DeltaStreams;
  /** Keys of metrics whose metadata has been written. */
  readonly described = new KeyIndex();
  translation: OtlpTranslation;
  seed: HashSeed = randomSeed();
  readonly #wanted: () => OtlpTranslation;
  readonly #resources = new Map<string, KnownResource>();
  readonly #contexts = new Map<string, PointContext>();
  #contextUnits = 0;
  #lastId = 0;
  #describedSince = -Infinity;
  #generation = -1;

  constructor({ writer, clock, limits, convertDelta, translation }: MetricIntakeOptions) {
    this.writer = writer;
    this.clock = clock;
    this.limits = limits;
    this.convertDelta = convertDelta;
    this.deltas = new DeltaStreams(limits.deltaSeries);
    this.#wanted = translation;
    this.translation = translation();
  }

  /** To be called before a request is walked. */
  beginRequest(): void {
    const wanted = this.#wanted();
    if (wanted !== this.translation) {
      this.translation = wanted;
      this.seed = randomSeed();
      this.#forgetContexts();
      this.described.clear();
    }
    const now = this.clock.monotonic();
    if (now - this.#describedSince < DESCRIBED_AGAIN_MS && this.#generation === this.writer.generation) return;
    this.#describedSince = now;
    this.#generation = this.writer.generation;
    this.described.clear();
  }

  /** The context of what the decoder has read; undefined where resource or scope have more attributes than can be held. */
  context({ resource, scope, scopeName, scopeVersion, scopeSchemaUrl }: Origin<PlainAttributes>): PointContext | undefined {
    if (resource.tooMany || scope.tooMany) return undefined;
    const { promoteScope } = this.translation;
    const fields = { name: scopeName, version: scopeVersion, schemaUrl: scopeSchemaUrl, attributes: scope.pairs };
    const resourceKey = JSON.stringify(resource.pairs);
    const key = promoteScope ? resourceKey + JSON.stringify(fields) : resourceKey;
    let context = this.#contexts.get(key);
    if (context === undefined) {
      if (this.#contexts.size >= MOST_CONTEXTS || this.#contextUnits > MOST_UNITS) this.#forgetContexts();
      this.#contextUnits += key.length;
      let known = this.#resources.get(resourceKey);
      if (known === undefined) {
        known = { id: ++this.#lastId, ...resourceLabels(resource.pairs, this.translation) };
        this.#resources.set(resourceKey, known);
      }
      context = { id: ++this.#lastId, resource: known, scope: promoteScope ? scopeLabels(fields, this.translation) : [] };
      this.#contexts.set(key, context);
    }
    return context;
  }

  /** The metadata of these metrics has been written. */
  addDescribed(keys: readonly number[]): void {
    if (this.described.size + keys.length / 2 > MOST_DESCRIBED) this.described.clear();
    for (let i = 0; i < keys.length; i += 2) this.described.set(keys[i] as number, keys[i + 1] as number, 0);
  }

  #forgetContexts(): void {
    this.#resources.clear();
    this.#contexts.clear();
    this.#contextUnits = 0;
  }
}
