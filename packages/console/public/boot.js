/** Sets the colour scheme and the language of the document before the first paint, so that nothing flashes. */
(function boot() {
  var root = document.documentElement;
  var scheme = 'auto';
  var language = null;
  try {
    scheme = localStorage.getItem('atalaya-colour-scheme') || 'auto';
    language = localStorage.getItem('atalaya-language');
  } catch {
    /* Storage may be forbidden: the defaults serve. */
  }
  var dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  root.lang = language || (/^es\b/i.test(navigator.language) ? 'es' : 'en');
})();
