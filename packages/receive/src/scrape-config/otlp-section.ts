/** Reads the section `otlp`: how metrics of OpenTelemetry become series. */

import { DEFAULT_OTLP_TRANSLATION, type OtlpTranslation, TRANSLATION_STRATEGIES } from '../otlp/metrics/translation.ts';
import type { Cursor } from './cursor.ts';

const FIELDS = [
  'translation_strategy',
  'promote_resource_attributes',
  'promote_all_resource_attributes',
  'ignore_resource_attributes',
  'keep_identifying_resource_attributes',
  'convert_histograms_to_nhcb',
  'promote_scope_metadata',
  'label_name_underscore_sanitization',
  'label_name_preserve_multiple_underscores',
] as const;

/** Without the section Prometheus' defaults hold. */
export function readOtlpSection(section: Cursor | undefined): OtlpTranslation {
  const fields = section?.section({ known: FIELDS }) ?? new Map<string, Cursor>();
  const field = (name: (typeof FIELDS)[number]): Cursor | undefined => fields.get(name);
  const defaults = DEFAULT_OTLP_TRANSLATION;
  const promoteAll = field('promote_all_resource_attributes')?.boolean() ?? false;
  const promoted = readAttributes(field('promote_resource_attributes'));
  const ignored = readAttributes(field('ignore_resource_attributes'));
  if (promoteAll && promoted.size > 0)
    field('promote_resource_attributes')?.fail('all resource attributes are promoted already (promote_all_resource_attributes)');
  if (!promoteAll && ignored.size > 0)
    field('ignore_resource_attributes')?.fail('this is for use with promote_all_resource_attributes: true only');
  return {
    strategy: field('translation_strategy')?.choice(TRANSLATION_STRATEGIES, (text) => text || defaults.strategy) ?? defaults.strategy,
    resourceAttributes: promoteAll ? ignored : promoted,
    promoteAll,
    keepIdentifying: field('keep_identifying_resource_attributes')?.boolean() ?? defaults.keepIdentifying,
    convertHistograms: field('convert_histograms_to_nhcb')?.boolean() ?? defaults.convertHistograms,
    promoteScope: field('promote_scope_metadata')?.boolean() ?? defaults.promoteScope,
    prefixUnderscore: field('label_name_underscore_sanitization')?.boolean() ?? defaults.prefixUnderscore,
    keepUnderscores: field('label_name_preserve_multiple_underscores')?.boolean() ?? defaults.keepUnderscores,
  };
}

function readAttributes(list: Cursor | undefined): Set<string> {
  const names = new Set<string>();
  for (const item of list?.items() ?? []) {
    const name = item.requiredText().trim();
    if (names.has(name)) item.fail(`"${name}" is named twice`);
    names.add(name);
  }
  return names;
}
