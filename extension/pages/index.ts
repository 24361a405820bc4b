// The forges' pages. One file a forge, the only places with selectors; a new one is a file and a line in `pages`.

import { bitbucket } from './bitbucket';
import { github } from './github';
import type { Page } from './page';

const pages: Page[] = [github, bitbucket];

/** The page that an address is of. */
export function pageOf(url: URL): { page: Page; kind: 'pull' | 'new' } | null {
  for (const page of pages) {
    const kind = page.kind(url);
    if (kind) return { page, kind };
  }
  return null;
}
