/** How SQL says which hours and times of the log table are meant, such that its keys help. */

import { joined, sql, type Sql } from '../../sql.ts';
import { logHourOf } from '../log-day.ts';

/** Lines between two times in nanoseconds, both inclusive, that fulfil all conditions. */
export function inRange(from: bigint, to: bigint, conditions: readonly Sql[]): Sql {
  const all = [
    sql`intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000) >= ${logHourOf(from)}`,
    sql`intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000) <= ${logHourOf(to)}`,
    sql`Timestamp >= fromUnixTimestamp64Nano(toInt64(${from}))`,
    sql`Timestamp <= fromUnixTimestamp64Nano(toInt64(${to}))`,
    ...conditions,
  ];
  return sql`${joined(all, ' AND ')}`;
}
