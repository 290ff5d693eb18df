/** The question in LogQL. */

import { useTranslation } from 'react-i18next';

import { readSearch } from '../../data/logs/search.ts';
import { logqlReason } from '../../editor/logql/check.ts';
import { logqlEditing } from '../../editor/logql/editing.ts';
import { HistoryMenu } from '../../parts/question/history-menu.tsx';
import { TextForm } from '../../parts/question/text-form.tsx';
import type { Logs } from './use-logs.ts';

/** The form. */
export default function LogqlForm({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const read = readSearch(logs.query);
  return (
    <TextForm
      language={logqlEditing}
      query={logs.query}
      label={t('logql.label')}
      formatLabel={t('logql.format')}
      copyLabel={t('logs.copyLogql')}
      wrong={read.kind === 'wrong' ? { told: logqlReason(read.error.reason, t), original: read.error.message } : undefined}
      hint={read.kind === 'lines' ? t('logs.beyond.hint') : undefined}
      onAsk={logs.ask}
    >
      <HistoryMenu label={t('metrics.history')} none={t('metrics.noHistory')} history={logs.history} onAsk={logs.ask} />
    </TextForm>
  );
}
