/** What was asked lately, to ask it again. */

import { Button, Menu } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';

interface HistoryMenuProps {
  readonly label: string;
  /** Shown while there is no history. */
  readonly none: string;
  /** The latest first. */
  readonly history: readonly string[];
  onAsk(query: string): void;
}

/** The menu. */
export function HistoryMenu({ label, none, history, onAsk }: HistoryMenuProps) {
  return (
    <Menu position="bottom-start" width="min(620px, 92vw)">
      <Menu.Target>
        <Button variant="default" leftSection={<IconHistory size={15} />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {history.length === 0 ? <Menu.Label>{none}</Menu.Label> : null}
        {history.map((query) => (
          <Menu.Item key={query} className="at-mono at-break" onClick={() => onAsk(query)}>
            {query}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
