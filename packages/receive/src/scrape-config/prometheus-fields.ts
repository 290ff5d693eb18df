/** Names of Prometheus' configuration that Atalaya knows of and passes over, so that they warn instead of being taken for mistakes. */

/** Top-level sections without effect here. */
export const PASSIVE_SECTIONS = ['rule_files', 'alerting', 'remote_write', 'remote_read', 'storage', 'tracing', 'runtime'] as const;

const PASSIVE_SCRAPE = [
  'scrape_failure_log_file',
  'metric_name_validation_scheme',
  'metric_name_escaping_scheme',
  'extra_scrape_metrics',
] as const;

/** Fields of `global` without effect here. */
export const PASSIVE_GLOBAL = [...PASSIVE_SCRAPE, 'rule_query_offset', 'query_log_file'] as const;

const DISCOVERIES = [
  'aws',
  'azure',
  'consul',
  'digitalocean',
  'dns',
  'docker',
  'dockerswarm',
  'ec2',
  'eureka',
  'gce',
  'hetzner',
  'ionos',
  'kubernetes',
  'kuma',
  'lightsail',
  'linode',
  'marathon',
  'nerve',
  'nomad',
  'openstack',
  'ovhcloud',
  'puppetdb',
  'scaleway',
  'serverset',
  'stackit',
  'triton',
  'uyuni',
  'vultr',
];

/** Fields of a job without effect here. */
export const PASSIVE_JOB = [
  ...PASSIVE_SCRAPE,
  ...DISCOVERIES.map((name) => `${name}_sd_configs`),
  'fallback_scrape_protocol',
  'scrape_classic_histograms',
] as const;
