/** How OTLP metrics become series: the `otlp` section of `prometheus.yml`, defaults filled in. */

/** What becomes of names, by Prometheus' names for it. */
export const TRANSLATION_STRATEGIES = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
] as const;
export type TranslationStrategy = (typeof TRANSLATION_STRATEGIES)[number];

/** Prometheus' settings for OTLP. */
export interface OtlpTranslation {
  readonly strategy: TranslationStrategy;
  /** Resource attributes that become labels of every series; with {@link promoteAll} those that do not. */
  readonly resourceAttributes: ReadonlySet<string>;
  readonly promoteAll: boolean;
  /** Whether `target_info` keeps the attributes that `job` and `instance` are made of. */
  readonly keepIdentifying: boolean;
  /** Whether histograms with explicit bounds are stored as native ones with custom buckets. */
  readonly convertHistograms: boolean;
  /** Whether name, version, schema and attributes of the scope become labels. */
  readonly promoteScope: boolean;
  /** Whether an escaped label name that begins with one underscore is prefixed with `key`. */
  readonly prefixUnderscore: boolean;
  /** Whether several underscores in a row stay so in an escaped label name. */
  readonly keepUnderscores: boolean;
}

/** What holds where `prometheus.yml` says nothing. */
export const DEFAULT_OTLP_TRANSLATION: OtlpTranslation = {
  strategy: 'UnderscoreEscapingWithSuffixes',
  resourceAttributes: new Set(),
  promoteAll: false,
  keepIdentifying: false,
  convertHistograms: false,
  promoteScope: false,
  prefixUnderscore: true,
  keepUnderscores: true,
};

/** Whether names keep to `[a-zA-Z0-9_:]`. */
export function escapes(strategy: TranslationStrategy): boolean {
  return strategy === 'UnderscoreEscapingWithSuffixes' || strategy === 'UnderscoreEscapingWithoutSuffixes';
}

/** Whether units and types are added to names. */
export function addsSuffixes(strategy: TranslationStrategy): boolean {
  return strategy === 'UnderscoreEscapingWithSuffixes' || strategy === 'NoUTF8EscapingWithSuffixes';
}
