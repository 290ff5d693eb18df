/** Mantine dressed in the console's tokens: compact sizes, square-ish corners, colours from `tokens.css`. */

import {
  ActionIcon,
  Button,
  createTheme,
  type CSSVariablesResolver,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  Popover,
  SegmentedControl,
  Tooltip,
} from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eeedfb',
  '#d9d7f7',
  '#b8b4f1',
  '#a5a0ff',
  '#847cf0',
  '#655bdf',
  '#5950d3',
  '#4f46c8',
  '#433bad',
  '#383191',
];
const neutral: MantineColorsTuple = [
  '#e8ebf0',
  '#c9d0d9',
  '#9ba6b5',
  '#6d7888',
  '#3a4350',
  '#272e38',
  '#1c2129',
  '#15191f',
  '#10141a',
  '#0d1014',
];

/** The theme of the whole console. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  colors: { accent, dark: neutral },
  fontFamily: "'Inter', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: 'var(--at-mono)',
  fontSizes: { xs: '12.5px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 30 } }),
    Button: Button.extend({
      defaultProps: { size: 'xs' },
      styles: { label: { fontWeight: 550 }, section: { marginInlineEnd: 7 } },
      vars: (_theme, { variant }) => ({
        root:
          variant === undefined || variant === 'filled'
            ? { '--button-bg': 'var(--at-accent)', '--button-color': 'var(--at-on-accent)' }
            : {},
      }),
    }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md' } }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'xs' },
      styles: { root: { background: 'var(--at-hover)' }, label: { fontWeight: 500 } },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false, events: { hover: true, focus: true, touch: false } } }),
  },
});

/** Points Mantine's variables at the tokens, so that both have one source. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--at-surface)',
    '--mantine-color-text': 'var(--at-text)',
    '--mantine-color-dimmed': 'var(--at-muted)',
    '--mantine-color-default': 'var(--at-surface)',
    '--mantine-color-default-hover': 'var(--at-hover)',
    '--mantine-color-default-color': 'var(--at-text)',
    '--mantine-color-default-border': 'var(--at-border)',
    '--mantine-color-placeholder': 'var(--at-muted)',
    '--mantine-color-anchor': 'var(--at-accent)',
    '--mantine-color-gray-light-hover': 'var(--at-hover)',
    '--mantine-color-gray-light-color': 'var(--at-muted)',
  };
  return { variables: {}, light: shared, dark: shared };
};

/** Keeps the chosen scheme where `boot.js` finds it before the first paint. */
export const colourScheme = localStorageColorSchemeManager({ key: 'atalaya-colour-scheme' });
