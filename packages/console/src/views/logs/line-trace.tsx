/** The trace that a line belongs to: the way to it, and in a few words what it was. */

import { Button } from '@mantine/core';
import { IconBinaryTree2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { traceIdOf, traceOfLine } from '../../data/links/addresses.ts';
import { around } from '../../data/links/place.ts';
import type { LogLine } from '../../data/logs/line.ts';
import { toMilliseconds } from '../../data/logs/nanoseconds.ts';
import { tracesQuery } from '../../data/traces/tempo.ts';
import { useFormat } from '../../format/use-format.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { linkTo } from '../../parts/place-link.tsx';

/** A trace may have begun long before its line, and ended long after. Milliseconds. */
const LONGEST = 3_600_000;

/** The button with the summary; nothing for a line without a trace. */
export function LineTrace({ line }: { line: LogLine }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const id = traceIdOf(line) ?? '';
  const place = traceOfLine(line);
  const range = around(toMilliseconds(line.time), LONGEST);
  // A help only: without an answer the button serves as well.
  const { data } = useQuery({ ...tracesQuery(`{trace:id="${id}"}`, range, 1, Date.now), enabled: id !== '', staleTime: Infinity });
  if (place === undefined) return null;
  const trace = data?.traces[0];
  return (
    <span className="at-nowrap">
      <Button
        component={Link}
        variant="default"
        size="compact-xs"
        leftSection={<IconBinaryTree2 size={14} />}
        title={id}
        {...linkTo(place)}
      >
        {t('logs.openTrace')}
      </Button>
      {trace === undefined ? null : (
        <span className="at-muted at-figures">
          {' '}
          {trace.service} {trace.operation} · {formats.value(trace.duration / 1000, 'seconds')}
        </span>
      )}
      <CopyButton text={id} label={t('logs.copyTrace')} />
    </span>
  );
}
