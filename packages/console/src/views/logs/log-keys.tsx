/** The keys of the logs page. */

import { useTranslation } from 'react-i18next';

import { KeysHelp } from '../../parts/keys-help.tsx';

const KEYS = {
  find: ['/'],
  next: ['j', '↓'],
  previous: ['k', '↑'],
  open: ['Enter'],
  ends: ['Home', 'End'],
  run: ['Ctrl', 'Enter'],
} as const;

/** The button and the list it opens. */
export function LogKeys() {
  const { t } = useTranslation();
  return <KeysHelp keys={(Object.keys(KEYS) as (keyof typeof KEYS)[]).map((act) => ({ keys: KEYS[act], does: t(`logs.keys.${act}`) }))} />;
}
