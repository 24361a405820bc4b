// Bitbucket Data Center and Server, at addresses of the user's own, maybe below a path. Three generations: to 6 by the
// server with jQuery inside (read against a page of 5.15), from 7 by React (selectors by Atlassian's documentation of its
// web interface and by other extensions; no saved page was to be had), with something broader behind each.

import type { Dialog } from '../../build/wire/Dialog';
import type { State } from '../../build/wire/State';
import { type Box, first, type Kind, type Page, type Place, unread, visible, written } from './page';

const PULL = /\/(?:projects|users)\/[^/]+\/repos\/[^/]+\/pull-requests\/(\d+)(?:\/(.*))?$/;
const LIST = /\/(?:projects|users)\/[^/]+\/repos\/[^/]+\/pull-requests\/?$/;

const HEADER = [
  '#pull-requests-container .pull-request-header',
  '#pull-request-header',
  '.pull-request-header',
  '#pull-requests-container > header',
];
const HEADING = [
  '#pull-requests-container .pull-request-header h2',
  '#pull-requests-container [data-testid="pull-request-title"]',
  '#pull-request-header h2',
  '#pull-requests-container header h2',
  '#pull-requests-container header h1',
];
const TITLE_BOX = [
  '.edit-pull-request-dialog input[name="title"]',
  '[role="dialog"] input[name="title"]',
  '#edit-pull-request-dialog #title',
  '#pull-request-form #title',
  'form.create-pull-request #title',
  'input#title',
];
const BODY_BOX = ['#pull-request-form #pull-request-description', 'textarea#pull-request-description', 'textarea[name="description"]'];
const MESSAGE_BOX = [
  '[role="dialog"] textarea[name="commitMessage"]',
  '#merge-pull-request-dialog textarea',
  '.merge-pull-request-dialog textarea',
  '.merge-dialog textarea',
  '#commit-message',
];
const STRATEGY = [
  '[role="dialog"] .merge-strategy-selector',
  '.merge-strategy-selector',
  '[data-testid="merge-strategy"]',
  '#merge-strategy',
  '.merge-strategy',
];
const STATES: Record<string, State> = { open: 'open', draft: 'draft', merged: 'merged', declined: 'closed' };

function messageBox(): Box | null {
  const box = first<HTMLTextAreaElement>(...MESSAGE_BOX);
  return visible(box) ? box : null;
}

function dialog(): Dialog | null {
  const box = messageBox();
  if (!box) return null;
  const strategy = first(...STRATEGY);
  const chosen =
    strategy instanceof HTMLSelectElement ? (strategy.selectedOptions[0]?.textContent ?? strategy.value) : (strategy?.textContent ?? '');
  return { title: null, body: box.value, method: method(chosen.toLowerCase()) };
}

/** The method of a strategy, by its words (`Rebase, merge commit`) or Git's options for it (`--no-ff`). */
function method(words: string): string | null {
  if (/squash/.test(words)) return 'squash';
  const straight = /fast.?forward|--ff/.test(words) && !/--no-ff/.test(words);
  if (/rebase/.test(words)) return straight ? 'rebase' : 'rebase-merge';
  return straight ? 'fast-forward' : /merge|--no-ff/.test(words) ? 'merge' : null;
}

function branches(): [string | null, string | null] {
  const named = (...selectors: string[]) => first(...selectors)?.textContent?.trim() || null;
  const lozenges = [...(first(...HEADER)?.querySelectorAll('.ref-lozenge, [data-testid="branch-lozenge"], .branch-lozenge') ?? [])];
  const head = named('.ref-name-from .branch-name', '.ref-name-from') ?? lozenges[0]?.textContent?.trim() ?? null;
  const base = named('.ref-name-to .branch-name', '.ref-name-to') ?? lozenges[1]?.textContent?.trim() ?? null;
  return [base, head];
}

function state(): State | null {
  const header = first(...HEADER);
  for (const lozenge of header?.querySelectorAll('.status.aui-lozenge, .aui-lozenge, [class*="lozenge" i]') ?? []) {
    const found = STATES[lozenge.textContent?.trim().toLowerCase() ?? ''];
    if (found) return found;
  }
  return null;
}

export const bitbucketDataCenter: Page = {
  forge: 'bitbucket-data-center',

  kind(url): Kind {
    if (PULL.test(url.pathname)) return 'pull';
    return LIST.test(url.pathname) && url.searchParams.has('create') ? 'new' : null;
  },

  stay: (url) => url.pathname.replace(/(\/pull-requests\/\d+).*/, '$1'),

  read(url, kind) {
    const page = unread(url, 'bitbucket-data-center');
    const box = first<HTMLInputElement>(...TITLE_BOX);
    if (kind === 'new') {
      if (!visible(box)) return null;
      page.title = box.value;
      page.titleEdited = true;
      page.description = first<HTMLTextAreaElement>(...BODY_BOX)?.value ?? null;
      const branch = (name: string) => url.searchParams.get(name)?.replace(/^refs\/heads\//, '') || null;
      [page.base, page.head] = [branch('targetBranch'), branch('sourceBranch')];
      return page;
    }
    page.title = written(first(...HEADING));
    if (visible(box)) {
      page.titleEdited = box.value !== page.title;
      page.title = box.value;
    }
    if (page.title === null) return null;
    [page.base, page.head] = branches();
    page.state = state();
    page.dialog = dialog();
    return page;
  },

  missing() {
    return document.querySelector('meta[name="application-name"][content^="Bitbucket"]') === null;
  },

  pill(kind): Place | null {
    const box = first(...TITLE_BOX);
    if (kind === 'new') return visible(box) ? { beside: box, where: 'after', name: 'form' } : null;
    const heading = first(...HEADING);
    return heading ? { beside: heading, where: 'end', name: 'inline' } : null;
  },

  status(kind) {
    return kind === 'new' ? null : first('.pull-request-metadata', '.branch-from-to');
  },

  panel(kind): Place | null {
    // It is merged from a button in the header: the panel stands above what the pull request says of itself.
    if (kind === 'new' || !/\/pull-requests\/\d+(\/overview)?\/?$/.test(location.pathname)) return null;
    const beside = first(
      '#pull-requests-container .pull-request-overview',
      '.pull-request-overview',
      '.pull-request-content .description',
      '.pull-request-activity',
    );
    return visible(beside) ? { beside, where: 'before', name: 'bitbucket' } : null;
  },

  box(field, kind): Box | null {
    const seen = (found: Box | null) => (visible(found) ? found : null);
    switch (field) {
      case 'title':
        return seen(first<HTMLInputElement>(...TITLE_BOX));
      case 'description':
        return kind === 'new' ? seen(first<HTMLTextAreaElement>(...BODY_BOX)) : null;
      // One box holds the whole message.
      case 'dialogBody':
        return messageBox();
      default:
        return null;
    }
  },

  opener() {
    return null;
  },
};
