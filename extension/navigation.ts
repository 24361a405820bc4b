// Notices that the page has become another one without being loaded. No polling, and no patched history: a content
// script lives in a world of its own, where the page's calls of pushState pass by.

interface Navigation extends EventTarget {
  readonly currentEntry: unknown;
}

/** Calls `moved` whenever the address may be another, once each frame; the caller compares. */
export function watchNavigation(moved: () => void, signal: AbortSignal): void {
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      if (!signal.aborted) moved();
    });
  };

  // Chrome 102, Firefox 147.
  const navigation = (window as { navigation?: Navigation }).navigation;
  navigation?.addEventListener('currententrychange', soon, { signal });
  navigation?.addEventListener('navigatesuccess', soon, { signal });
  window.addEventListener('popstate', soon, { signal });
  // Back from the cache of whole pages: the port to the worker is gone.
  window.addEventListener('pageshow', soon, { signal });

  // GitHub's own: Turbo replaces the body, React tells when it has rendered.
  for (const event of ['turbo:render', 'turbo:load', 'soft-nav:react-done', 'soft-nav:payload']) {
    document.addEventListener(event, soon, { signal });
  }

  // Elsewhere, and in browsers without the Navigation API: a new page has a new title, and it is cheap to look.
  let url = location.href;
  const title = new MutationObserver(() => {
    if (url === location.href) return;
    url = location.href;
    soon();
  });
  title.observe(document.head ?? document.documentElement, { childList: true, characterData: true, subtree: true });
  signal.addEventListener('abort', () => title.disconnect());
}
