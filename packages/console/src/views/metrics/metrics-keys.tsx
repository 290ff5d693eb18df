/** The keys of the explorer. */

import { useTranslation } from 'react-i18next';

import { KeysHelp } from '../../parts/keys-help.tsx';

const KEYS = {
  run: ['Ctrl', 'Enter'],
  complete: ['Ctrl', 'Space'],
  accept: ['Tab'],
  document: ['F1'],
  format: ['Shift', 'Alt', 'F'],
  nextError: ['F8'],
  comment: ['Ctrl', '/'],
  undo: ['Ctrl', 'Z'],
  search: ['Ctrl', 'K'],
} as const;

/** The button and the list it opens. */
export function MetricsKeys() {
  const { t } = useTranslation();
  return (
    <KeysHelp framed keys={(Object.keys(KEYS) as (keyof typeof KEYS)[]).map((act) => ({ keys: KEYS[act], does: t(`keys.${act}`) }))} />
  );
}
