/** What is collected on this host: Promtail's `scrape_configs`, read and checked. */

import type { RelabelRule } from '../scrape-config/config.ts';
import type { EntryPipeline } from './entry.ts';

/** All jobs. */
export interface CollectConfig {
  readonly jobs: readonly CollectJob[];
}

/** One entry of `scrape_configs`: a source, and what is done with its entries. */
export interface CollectJob {
  /** `job_name`. */
  readonly name: string;
  readonly source: CollectSource;
  /** Applied to the source's labels, meta labels (`__meta_docker_container_name`, `__journal__systemd_unit`, `__syslog_message_hostname`, …) included, before the entry goes into the pipeline. An empty result drops the target. */
  readonly relabelConfigs: readonly RelabelRule[];
  /** Makes the pipeline of one file, container or connection. */
  pipeline(): EntryPipeline;
  /** The job as text: a job with the same text goes on undisturbed over a reload. Without one it is begun anew, which loses and doubles nothing. */
  readonly text?: string;
}

/** Where entries come from. Labels are those of `static_configs`, or of the source's own `labels`. */
export type CollectSource =
  | {
      readonly kind: 'files';
      /** Each with its `__path__`, a glob, and its `__path_exclude__`. */
      readonly groups: readonly {
        readonly path: string;
        readonly exclude: string | undefined;
        readonly labels: Readonly<Record<string, string>>;
      }[];
      /** Encoding of the files, as `encoding` names it; UTF-8 without one. */
      readonly encoding: string | undefined;
      /** `decompression.enabled`: whether compressed files are read; otherwise they are passed over. */
      readonly decompress: boolean;
      /** Of files that are there when the job is begun for the first time, only the last so many bytes are read; all of them without it. */
      readonly existingBytes?: number;
    }
  | {
      readonly kind: 'journal';
      /** Folder of the journal; empty for the system's. */
      readonly path: string;
      /** How old entries may be at the first start, milliseconds. */
      readonly maxAgeMs: number;
      /** Whether the line is the whole entry as JSON. */
      readonly json: boolean;
      /** Only entries that fulfil these (`_SYSTEMD_UNIT=nginx.service`), as journalctl takes them. */
      readonly matches: readonly string[];
      readonly labels: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'docker';
      /** `unix:///var/run/docker.sock` or `tcp://host:port`. */
      readonly host: string;
      readonly refreshMs: number;
      /** How old lines may be of a container that is read for the first time, milliseconds; all of them are read without it. */
      readonly maxAgeMs?: number;
      /** Filters of the container list, as Docker takes them. */
      readonly filters: readonly { readonly name: string; readonly values: readonly string[] }[];
      readonly labels: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'syslog';
      /** `host:port`. */
      readonly listen: string;
      readonly protocol: 'tcp' | 'udp';
      readonly format: 'rfc5424' | 'rfc3164';
      readonly idleMs: number;
      /** Whether structured data become labels `__syslog_message_sd_<id>_<name>`. */
      readonly labelStructuredData: boolean;
      /** Whether the message's own time is the entry's; otherwise it is when it was received. */
      readonly useIncomingTimestamp: boolean;
      /** Whether the line is the whole message rather than its text. */
      readonly wholeMessage: boolean;
      readonly maxMessageBytes: number;
      readonly labels: Readonly<Record<string, string>>;
    };
