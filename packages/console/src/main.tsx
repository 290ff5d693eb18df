/** The page's start: translations first, then everything else. */

import './theme/mantine.css';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';

import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { startI18n } from './i18n/index.ts';
import { router } from './routes.tsx';
import { colourScheme, cssVariables, theme } from './theme/theme.ts';

const queryClient = new QueryClient({
  // Failures are shown at once; what may pass is asked again by the interval (live/queries.ts), not silently.
  defaultOptions: { queries: { retry: false, networkMode: 'always', refetchOnWindowFocus: true, gcTime: 120_000 } },
});

await startI18n();
createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={colourScheme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
