// What content script, popup and background say to each other.

import type { PageContext } from '../build/wire/PageContext';
import type { Painted } from './entry';
import type { Sentences } from './text';

/** From a page (or the popup) over its port. Of several pages only the newest `seq` is answered. */
export type FromPage =
  /** With `afresh`, what was remembered is asked for again. */
  | { type: 'page'; seq: number; page: PageContext; afresh?: boolean }
  /** The reader chose a release tool; `repository` is its address, `https://github.com/acme/widgets`. */
  | { type: 'choose'; tool: string; repository: string }
  | { type: 'options' };

/** To a page, over its port. */
export type FromBackground =
  /**
   * The panel's style sheet and the interface's own sentences, before anything else: the content script is loaded on every
   * page and is to be small and quick.
   */
  | { type: 'style'; css: string; sentences: Sentences }
  /** With the sentences that the view names and this page has not been told yet. */
  | { type: 'view'; seq: number; view: Painted; sentences: Sentences }
  | { type: 'error'; seq: number; message: string };

/** To the content script of a tab: what it shows, for the popup; or that the user's choices have changed. */
export type ToContent = { type: 'state' } | { type: 'refresh' };

/** To the background, from the popup: the pull request an address is of. */
export interface Locate {
  type: 'locate';
  url: string;
}

/** What `Locate` is answered with. */
export type Located = { forge: string; repository: string; number: number | null } | null;
