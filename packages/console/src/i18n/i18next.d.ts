/** Makes `t` know its keys: a key that the English catalogue lacks does not compile. */

import type { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}
