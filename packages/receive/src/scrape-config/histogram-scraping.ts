/** Reads how histograms are scraped, and which formats are asked for. */

import { EXPONENTIAL_SCHEMAS } from '@atalaya/model';
import { type HistogramScraping, SCRAPE_PROTOCOLS, type ScrapeProtocol } from './config.ts';
import type { Cursor } from './cursor.ts';

/** Fields of a job that it inherits from `global`. */
export const HISTOGRAM_FIELDS = [
  'scrape_protocols',
  'scrape_native_histograms',
  'always_scrape_classic_histograms',
  'convert_classic_histograms_to_nhcb',
  'native_histogram_bucket_limit',
  'native_histogram_min_bucket_factor',
] as const;

const TEXT_PROTOCOLS: readonly ScrapeProtocol[] = ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText0.0.4'];

/**
 * Native histograms come in protobuf only: asking for them asks for protobuf first, unless the job says which formats it wants, and
 * naming protobuf asks for them, unless the job says that it does not want them.
 */
export function readHistogramScraping(field: (name: (typeof HISTOGRAM_FIELDS)[number]) => Cursor | undefined): {
  protocols: readonly ScrapeProtocol[];
  histograms: HistogramScraping;
} {
  const named = field('scrape_protocols');
  const protocols = named?.items().map((item) => item.choice(SCRAPE_PROTOCOLS)) ?? [];
  const repeated = protocols.find((protocol, i) => protocols.indexOf(protocol) !== i);
  if (repeated !== undefined) named?.fail(`${repeated} is named twice`);
  const native = field('scrape_native_histograms')?.boolean() ?? protocols.includes('PrometheusProto');
  const factor = field('native_histogram_min_bucket_factor');
  return {
    protocols: protocols.length > 0 ? protocols : native ? ['PrometheusProto', ...TEXT_PROTOCOLS] : TEXT_PROTOCOLS,
    histograms: {
      native,
      alwaysClassic: field('always_scrape_classic_histograms')?.boolean() ?? false,
      convertClassic: field('convert_classic_histograms_to_nhcb')?.boolean() ?? false,
      bucketLimit: field('native_histogram_bucket_limit')?.count() ?? 0,
      finestSchema: schemaForFactor(factor === undefined ? 0 : readFactor(factor)),
    },
  };
}

function readFactor(field: Cursor): number {
  const factor = Number(field.requiredText());
  return Number.isFinite(factor) && factor >= 0 ? factor : field.fail(`"${field.text()}" is not a factor; write it like 1.1`);
}

/** The coarsest schema whose buckets grow by no less than a factor from one to the next; the finest there is for a factor of 1 or less. */
function schemaForFactor(factor: number): number {
  const { min, max } = EXPONENTIAL_SCHEMAS;
  if (factor <= 1) return max;
  // Plus 0: a factor of 2 leads to -0.
  return Math.min(max, Math.max(min, Math.floor(-Math.log2(Math.log2(factor))))) + 0;
}
