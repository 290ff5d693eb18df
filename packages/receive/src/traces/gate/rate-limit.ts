/**
 * Bounds the spans of each service. What is too much is left out by trace: the probability with which the service's traces are kept follows its rate,
 * so that traces stay whole, and, as all services ask the same dice, whole across services. A bucket of tokens behind it bounds what comes before the
 * probability has followed.
 */

import { TraceDice } from '@atalaya/model';

/** The rate is a mean over about so many seconds. */
const MEAN_SECONDS = 5;
/** A service may have saved up so many seconds' worth of spans. */
const SAVED_SECONDS = 10;
/** More services than these share what one may have. */
const MOST_SERVICES = 10_000;
const FORGOTTEN_MS = 60_000;

/** One service's rate. */
class ServiceRate {
  readonly #perSecond: number;
  /** Spans, those of long ago counting less and less. */
  #level = 0;
  #tokens: number;
  usedAt: number;
  dice = new TraceDice(1);

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * SAVED_SECONDS;
    this.usedAt = now;
  }

  /** Tells of spans that came; the dice are those for them. */
  arrived(spans: number, now: number): void {
    const seconds = Math.max(0, now - this.usedAt) / 1000;
    this.usedAt = now;
    this.#level = this.#level * Math.exp(-seconds / MEAN_SECONDS) + spans;
    this.#tokens = Math.min(this.#perSecond * SAVED_SECONDS, this.#tokens + seconds * this.#perSecond);
    this.dice = new TraceDice(Math.min(1, (this.#perSecond * MEAN_SECONDS) / this.#level));
  }

  /** Takes a token for a span, when there is one. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

export class RateLimit {
  readonly #perSecond: number;
  readonly #services = new Map<string, ServiceRate>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** @param perSecond spans of a service */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** The rates of the services that spans came of, by name. `now` is in milliseconds of the monotonic clock. */
  arrived(spans: ReadonlyMap<string, number>, now: number): (service: string) => ServiceRate {
    this.#sweep(now);
    const together = new Map<ServiceRate, number>();
    for (const [service, count] of spans) {
      const rate = this.#rateOf(service, now);
      together.set(rate, (together.get(rate) ?? 0) + count);
    }
    for (const [rate, count] of together) rate.arrived(count, now);
    return (service) => this.#rateOf(service, now);
  }

  #rateOf(service: string, now: number): ServiceRate {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    if (this.#services.size >= MOST_SERVICES && service !== '') return this.#rateOf('', now);
    const rate = new ServiceRate(this.#perSecond, now);
    this.#services.set(service, rate);
    return rate;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < FORGOTTEN_MS) return;
    this.#sweptAt = now;
    for (const [service, { usedAt }] of this.#services) if (now - usedAt > FORGOTTEN_MS) this.#services.delete(service);
  }
}
