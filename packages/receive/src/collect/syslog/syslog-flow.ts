/** What becomes of the messages of one connection, or of all datagrams of a listener. */

import { ownLabels, rulesOf } from '../default-labels.ts';
import { EntryFlow } from '../entry-flow.ts';
import { type JobOf, type SourceContext, streamLabels } from '../log-source.ts';
import { priorityKeyword } from '../severity.ts';
import { parseRfc3164 } from './rfc3164.ts';
import { parseRfc5424 } from './rfc5424.ts';
import { facilityName, severityName, type SyslogMessage } from './syslog-message.ts';

/** A time without a zone that is further off is of another zone than ours. */
const CLASSIC_TIME_NS = 600_000_000_000n;

/** Messages with a connection's labels. */
export class SyslogFlow {
  readonly #job: JobOf<'syslog'>;
  readonly #context: SourceContext;
  readonly flow: EntryFlow<undefined>;

  constructor(job: JobOf<'syslog'>, context: SourceContext) {
    this.#job = job;
    this.#context = context;
    const { outlet, clock } = context;
    this.flow = new EntryFlow({ pipeline: job.pipeline(), outlet, clock, start: undefined });
  }

  /** Takes a message that came from an address. */
  take(bytes: Buffer, address: string): void {
    const { clock } = this.#context;
    const { source } = this.#job;
    const { counts } = this.flow;
    const raw = bytes.toString();
    const now = clock.now();
    counts.bytes += bytes.length;
    counts.lastReadAt = now;
    const message = parseRfc5424(raw) ?? parseRfc3164(raw, now);
    const labels = streamLabels(
      new Map([...ownLabels(this.#job, source.labels), ...metaLabels(message, address, source.labelStructuredData)]),
      rulesOf(this.#job),
    );
    // A message may say all it has to say in structured data.
    const line = source.wholeMessage || (message.text === '' && message.data.length > 0) ? raw : message.text;
    if (labels === undefined || line === '') return;
    const attributes = attributesOf(message, source.labelStructuredData);
    this.flow.take({ labels: new Map(labels), attributes, timestamp: this.#timeOf(message, now), line }, undefined);
  }

  /** Ends: what a pipeline holds back goes on now, nobody can send it again. */
  end(): void {
    this.flow.flush();
  }

  #timeOf({ timestamp, zoned }: SyslogMessage, now: number): bigint {
    const received = BigInt(Math.trunc(now)) * 1_000_000n;
    if (!this.#job.source.useIncomingTimestamp || timestamp === undefined) return received;
    const off = timestamp > received ? timestamp - received : received - timestamp;
    return zoned || off <= CLASSIC_TIME_NS ? timestamp : received;
  }
}

/** Promtail's meta labels. Host names of connections are not looked up. */
function metaLabels(message: SyslogMessage, address: string, structured: boolean): Map<string, string> {
  const labels = new Map<string, string>([
    ['__syslog_connection_ip_address', address],
    ['__syslog_message_severity', severityName(message.severity)],
    ['__syslog_message_facility', facilityName(message.facility)],
    ['__syslog_message_hostname', message.hostname],
    ['__syslog_message_app_name', message.appName],
    ['__syslog_message_proc_id', message.procId],
    ['__syslog_message_msg_id', message.msgId],
  ]);
  if (structured) for (const [id, name, value] of message.data) labels.set(`__syslog_message_sd_${plain(id)}_${plain(name)}`, value);
  return labels;
}

function attributesOf({ severity, procId, msgId, data }: SyslogMessage, structured: boolean): Map<string, string> {
  const attributes = new Map<string, string>();
  const level = priorityKeyword(String(severity));
  if (level !== undefined) attributes.set('level', level);
  if (procId !== '') attributes.set('proc_id', procId);
  if (msgId !== '') attributes.set('msg_id', msgId);
  if (!structured) for (const [id, name, value] of data) attributes.set(`sd_${plain(id)}_${plain(name)}`, value);
  return attributes;
}

function plain(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}
