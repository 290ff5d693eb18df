/** The question in TraceQL. */

import { useTranslation } from 'react-i18next';

import { traceqlError, traceqlReason } from '../../editor/traceql/check.ts';
import { traceqlEditing } from '../../editor/traceql/editing.ts';
import { TextForm } from '../../parts/question/text-form.tsx';
import type { Traces } from './use-traces.ts';

/** The form. */
export default function TraceqlForm({ traces }: { traces: Traces }) {
  const { t } = useTranslation();
  const error = traceqlError(traces.query);
  return (
    <TextForm
      language={traceqlEditing}
      query={traces.query}
      label={t('traceql.label')}
      formatLabel={t('traceql.format')}
      copyLabel={t('traces.copyTraceql')}
      wrong={error === undefined ? undefined : { told: traceqlReason(error.reason, t), original: error.message }}
      onAsk={traces.ask}
    />
  );
}
