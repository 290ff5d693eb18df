/** Small stages that work on the line: `output`, `decolorize`, and `tenant`, which has no meaning here. */

import { withoutTerminalSequences } from '@atalaya/lang';
import { changing, type StageReader, textOf } from './stage.ts';

/** `output`: an extracted value becomes the line. */
export const readOutputStage: StageReader = (config) => {
  const source =
    config
      .section({ known: ['source'] })
      .get('source')
      ?.requiredText() ?? config.fail('source is missing');
  return changing((entry) => {
    entry.line = textOf(entry.extracted.get(source)) ?? entry.line;
  });
};

/** `decolorize`: takes the sequences away that colour texts in terminals. */
export const readDecolorizeStage: StageReader = (config) => {
  config.section({ known: [] });
  return changing((entry) => {
    entry.line = withoutTerminalSequences(entry.line);
  });
};

/** `tenant`: accepted; there is one tenant. */
export const readTenantStage: StageReader = (config) => {
  config.section({ known: ['source', 'value', 'label'] });
  config.warn(`${config.path}: Atalaya has one tenant; the stage changes nothing. Use static_labels to tell such lines apart`);
  return changing(() => undefined);
};
