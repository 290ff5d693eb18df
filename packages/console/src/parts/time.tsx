/** A moment in relative words that keep up with the clock, the absolute time on hover and for readers. */

import { Tooltip } from '@mantine/core';

import { useFormat } from '../format/use-format.ts';
import { useNow } from '../live/now.ts';

/** `since` is epoch milliseconds. */
export function Ago({ since }: { since: number }) {
  const formats = useFormat();
  const now = useNow(1000);
  const absolute = formats.instant(since);
  return (
    <Tooltip label={absolute}>
      <time dateTime={new Date(since).toISOString()} className="at-nowrap">
        {formats.relative(Math.min(since - now, 0))}
      </time>
    </Tooltip>
  );
}
