/** What happened in a span, with times since its start; exceptions are laid out with their stack trace. */

import { useTranslation } from 'react-i18next';

import type { SpanEvent, TraceSpan } from '../../../data/traces/span.ts';
import { useFormat } from '../../../format/use-format.ts';
import { CopyButton } from '../../../parts/copy.tsx';
import { SeverityIcon } from '../../../parts/severity.tsx';
import { AttributeTable } from './attribute-table.tsx';
import classes from './details.module.css';
import type { TraceState } from './use-trace.ts';

/** The events in their order. */
export function SpanEvents({ state, span }: { state: TraceState; span: TraceSpan }) {
  const { t } = useTranslation();
  const formats = useFormat();
  return (
    <ol className={classes['events']}>
      {span.events.map((event, at) => {
        const since = event.time - span.start;
        const time = formats.value(Math.abs(since) / 1e9, 'seconds');
        return (
          <li key={`${event.time} ${at}`}>
            <p className={classes['eventHead']}>
              <b>{event.name}</b>
              <span className="at-muted at-figures">{since < 0 ? t('trace.before', { time }) : t('trace.after', { time })}</span>
            </p>
            {isException(event) ? (
              <Exception state={state} event={event} />
            ) : (
              <AttributeTable state={state} scope="event" attributes={event.attributes} />
            )}
          </li>
        );
      })}
    </ol>
  );
}

const PARTS = ['exception.type', 'exception.message', 'exception.stacktrace'];

function isException(event: SpanEvent): boolean {
  return event.attributes.some(({ key }) => PARTS.includes(key));
}

function Exception({ state, event }: { state: TraceState; event: SpanEvent }) {
  const { t } = useTranslation();
  const [type, message, stack] = PARTS.map((part) => event.attributes.find(({ key }) => key === part)?.value ?? '');
  return (
    <div className={classes['exception']}>
      <p className={classes['exceptionHead']}>
        <SeverityIcon severity="critical" size={15} />
        <span>
          <b>{type === '' ? t('trace.exception') : type}</b> {message}
        </span>
      </p>
      {stack === undefined || stack === '' ? null : (
        <div className={classes['stack']}>
          <pre tabIndex={0} aria-label={t('trace.stackTrace')}>
            {stack}
          </pre>
          <CopyButton text={stack} label={t('trace.copyValue', { name: t('trace.stackTrace') })} />
        </div>
      )}
      <AttributeTable state={state} scope="event" attributes={event.attributes.filter(({ key }) => !PARTS.includes(key))} />
    </div>
  );
}
