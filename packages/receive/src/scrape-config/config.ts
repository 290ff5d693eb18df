/** The configuration of scraping as the program uses it: `prometheus.yml` with all defaults filled in, times in milliseconds. */

import type { Pattern } from '@atalaya/model';
import type { OtlpTranslation } from '../otlp/metrics/translation.ts';

/** A whole `prometheus.yml`, as far as Atalaya acts on it. */
export interface PrometheusConfig {
  readonly global: GlobalConfig;
  readonly scrapeConfigs: readonly ScrapeConfig[];
  readonly otlp: OtlpTranslation;
}

export interface GlobalConfig {
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly evaluationIntervalMs: number;
  /** Labels that name this server to others (federation, remote storage, alerts); never stored with scraped samples. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

/** One job: what to scrape, how, and what to do with the answer. */
export interface ScrapeConfig {
  readonly jobName: string;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly metricsPath: string;
  readonly scheme: 'http' | 'https';
  /** URL parameters; a name may have several values. */
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  /** Whether series that come with their own timestamps get stale markers too. */
  readonly trackTimestampsStaleness: boolean;
  readonly enableCompression: boolean;
  readonly http: HttpClientConfig;
  readonly limits: ScrapeLimits;
  /** The formats to ask for, the best first. */
  readonly protocols: readonly ScrapeProtocol[];
  readonly histograms: HistogramScraping;
  /** How many dropped targets are kept for display; 0 keeps all. */
  readonly keepDroppedTargets: number;
  readonly staticGroups: readonly TargetGroup[];
  readonly fileDiscovery: readonly FileDiscoveryConfig[];
  readonly httpDiscovery: readonly HttpDiscoveryConfig[];
  readonly relabel: readonly RelabelRule[];
  readonly metricRelabel: readonly RelabelRule[];
}

/** Limits on one scrape; 0 means none. A scrape that exceeds one fails as a whole. */
export interface ScrapeLimits {
  /** Samples after metric relabelling. */
  readonly samples: number;
  readonly labels: number;
  readonly labelNameLength: number;
  readonly labelValueLength: number;
  /** Targets of the job after relabelling; more than these and all of them fail. */
  readonly targets: number;
  /** Bytes of a body once decompressed. */
  readonly bodyBytes: number;
}

/** The formats that a target can be asked for, by Prometheus' names. */
export const SCRAPE_PROTOCOLS = [
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
] as const;
export type ScrapeProtocol = (typeof SCRAPE_PROTOCOLS)[number];

/** What becomes of the histograms of a scrape. */
export interface HistogramScraping {
  /** Whether native histograms are taken. */
  readonly native: boolean;
  /** Whether the series of a classic histogram are stored too where it is stored as a native one. */
  readonly alwaysClassic: boolean;
  /** Whether classic histograms are stored as native ones with custom buckets. */
  readonly convertClassic: boolean;
  /** Buckets of one native histogram; one with more is reduced, and when that does not help the scrape fails. 0 is no limit. */
  readonly bucketLimit: number;
  /** Finer native histograms are reduced to this schema. */
  readonly finestSchema: number;
}

/** What is done where nothing is configured. */
export const DEFAULT_HISTOGRAM_SCRAPING: HistogramScraping = {
  native: false,
  alwaysClassic: false,
  convertClassic: false,
  bucketLimit: 0,
  finestSchema: 8,
};

/** Targets that share labels, as discovery gives them. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface FileDiscoveryConfig {
  /** Absolute paths; the last part may hold `*`, `?` and `[…]`. */
  readonly files: readonly string[];
  readonly refreshIntervalMs: number;
}

export interface HttpDiscoveryConfig {
  readonly url: string;
  readonly refreshIntervalMs: number;
  readonly http: HttpClientConfig;
}

/** How to speak HTTP to a target: who we are, whom we trust. Paths are absolute; files are read again when they change. */
export interface HttpClientConfig {
  readonly basicAuth: BasicAuthConfig | undefined;
  readonly authorization: AuthorizationConfig | undefined;
  readonly tls: TlsConfig;
  readonly followRedirects: boolean;
  readonly headers: readonly HttpHeaderConfig[];
}

export interface BasicAuthConfig {
  readonly username: SecretSource;
  readonly password: SecretSource;
}

export interface AuthorizationConfig {
  /** The scheme before the credentials, `Bearer` by default. */
  readonly type: string;
  readonly credentials: SecretSource;
}

export interface HttpHeaderConfig {
  readonly name: string;
  readonly values: readonly SecretSource[];
}

/** A text given in the configuration itself or in a file. */
export type SecretSource = { readonly text: string } | { readonly file: string };

export interface TlsConfig {
  readonly ca: SecretSource | undefined;
  readonly cert: SecretSource | undefined;
  readonly key: SecretSource | undefined;
  readonly serverName: string | undefined;
  readonly insecureSkipVerify: boolean;
  readonly minVersion: TlsVersion | undefined;
  readonly maxVersion: TlsVersion | undefined;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** What a relabelling rule does. */
export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
] as const;
export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

/** One relabelling rule, its expression compiled. */
export interface RelabelRule {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  readonly regex: Pattern;
  readonly modulus: number;
  readonly targetLabel: string;
  readonly replacement: string;
}
