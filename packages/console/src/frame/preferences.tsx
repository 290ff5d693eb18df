/** Colour scheme and language. */

import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
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
        <button type="button" className={classes['control']} aria-label={t('preferences.open')}>
          <Current size={16} aria-hidden />
          <span className={classes['wide']}>{i18n.language.toUpperCase()}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('preferences.scheme')}</Menu.Label>
        {SCHEMES.map(({ scheme, icon: Icon, label }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={15} />}
            rightSection={colorScheme === scheme ? <IconCheck size={15} /> : null}
            aria-current={colorScheme === scheme || undefined}
            onClick={() => setColorScheme(scheme)}
          >
            {t(label)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('preferences.language')}</Menu.Label>
        {(Object.entries(LANGUAGES) as [Language, string][]).map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            rightSection={i18n.language === language ? <IconCheck size={15} /> : null}
            aria-current={i18n.language === language || undefined}
            onClick={() => void chooseLanguage(language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
