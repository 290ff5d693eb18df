/** Colour scheme and language. */

import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { chooseLanguage, type Language, LANGUAGES } from '../i18n/index.ts';
import classes from './frame.module.css';

const SCHEMES = [
  { scheme: 'auto', icon: IconDeviceDesktop, label: 'preferences.auto' },
  { scheme: 'light', icon: IconSun, label: 'preferences.light' },
  { scheme: 'dark', icon: IconMoon, label: 'preferences.dark' },
] as const;

/** One menu for both: they are set once. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = SCHEMES.find(({ scheme }) => scheme === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={200} closeOnItemClick={false}>
      <Menu.Target>
        <button type="button" className={classes['control']}>
          <Current size={16} aria-hidden />
          <span className="at-hidden">{t('preferences.open')}</span>
          <span className={classes['wide']}>{i18n.language.toUpperCase()}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('preferences.scheme')}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          {SCHEMES.map(({ scheme, icon: Icon, label }) => (
            <Menu.RadioItem key={scheme} value={scheme} rightSection={<Icon size={15} />}>
              {t(label)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('preferences.language')}</Menu.Label>
        <Menu.RadioGroup value={i18n.language} onChange={(language) => void chooseLanguage(language as Language)}>
          {Object.entries(LANGUAGES).map(([language, name]) => (
            <Menu.RadioItem key={language} value={language} lang={language}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
