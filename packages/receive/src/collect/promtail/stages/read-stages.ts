/** Reads `pipeline_stages`. */

import type { Cursor } from '../../../scrape-config/cursor.ts';
import { chainStages } from './chain.ts';
import { readCriStage, readDockerStage } from './containers.ts';
import { readDropStage, readSamplingStage } from './dropping.ts';
import { readJsonStage } from './json.ts';
import { readLabelAllowStage, readLabelDropStage, readLabelsStage, readStaticLabelsStage, readStructuredMetadataStage } from './labels.ts';
import { readLimitStage } from './limit.ts';
import { readLogfmtStage } from './logfmt.ts';
import { readMatchStage } from './match.ts';
import { readMetricsStage } from './metrics.ts';
import { readMultilineStage } from './multiline.ts';
import { readDecolorizeStage, readOutputStage, readTenantStage } from './output.ts';
import { readPackStage } from './pack.ts';
import { readRegexStage } from './regex.ts';
import type { StageContext, StageMaker, StageReader } from './stage.ts';
import { readReplaceStage, readTemplateStage } from './template.ts';
import { readTimestampStage } from './timestamp.ts';

const refuse =
  (reason: string): StageReader =>
  (config) =>
    config.fail(`this stage is not supported: ${reason}`);

/** By name, in the order of Promtail's documentation. */
const READERS: Readonly<Record<string, StageReader>> = {
  docker: readDockerStage,
  cri: readCriStage,
  regex: readRegexStage,
  json: readJsonStage,
  logfmt: readLogfmtStage,
  replace: readReplaceStage,
  multiline: readMultilineStage,
  template: readTemplateStage,
  pack: readPackStage,
  timestamp: readTimestampStage,
  output: readOutputStage,
  labels: readLabelsStage,
  labeldrop: readLabelDropStage,
  labelallow: readLabelAllowStage,
  static_labels: readStaticLabelsStage,
  structured_metadata: readStructuredMetadataStage,
  non_indexed_labels: readStructuredMetadataStage,
  metrics: readMetricsStage,
  tenant: readTenantStage,
  match: readMatchStage,
  drop: readDropStage,
  limit: readLimitStage,
  sampling: readSamplingStage,
  decolorize: readDecolorizeStage,
  geoip: refuse('no database of places of addresses is read. Remove it; the address stays in the line'),
  eventlogmessage: refuse('it takes apart messages of the Windows event log, which is not read'),
};

/** Reads a list of stages. @throws AtalayaError BAD_CONFIG with the line of what is wrong. */
export function readStageList(list: Cursor, context: Omit<StageContext, 'readStages'>): StageMaker[] {
  const whole: StageContext = {
    ...context,
    readStages: (nested) => {
      const makers = readStageList(nested, context);
      return () => chainStages(makers.map((make) => make()));
    },
  };
  return list.items().map((item) => readStage(item, whole));
}

function readStage(item: Cursor, context: StageContext): StageMaker {
  // `- docker` alone is what many write who mean `- docker: {}`.
  if (item.kind === 'scalar') item.fail(`a stage is written as "- ${item.text() || 'name'}: {}", with a colon`);
  const [name, more] = [...item.section({ known: Object.keys(READERS) })];
  if (name === undefined) return item.fail('an empty stage');
  if (more !== undefined) more[1].fail(`a stage has one name, but here are "${name[0]}" and "${more[0]}"; put a "-" before the second`);
  return (READERS[name[0]] as StageReader)(name[1], context);
}
