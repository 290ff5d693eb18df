/** The clock as a state: for texts like "3 seconds ago" and for lengths that grow. */

import { useEffect, useState } from 'react';

/** The time now, renewed every `milliseconds`: for texts like "3 seconds ago". */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}
