// What the user sees of squashcast on a page: read from the painted pill and panel, in the open shadow roots of
// `squashcast-pill` and `squashcast-panel` (extension/panel.ts). Names of classes stand here only.

/** Runs in the page: everything that is painted, as plain data; null parts are not there. */
export function painted() {
  const inside = (name) => document.querySelector(name)?.shadowRoot ?? null;
  const clean = (element) => {
    if (!element) return null;
    const copy = element.cloneNode(true);
    for (const away of copy.querySelectorAll('button, .unseen, .icon')) away.remove();
    // Parts that stand apart for the eye stand apart here.
    for (const part of copy.querySelectorAll('span, div, p, li')) part.before(' ');
    return copy.textContent.replace(/[ \t\u00a0]+/g, ' ').trim();
  };
  const words = (root, selector) => clean(root?.querySelector(selector));
  const each = (root, selector) => [...(root?.querySelectorAll(selector) ?? [])].map(clean);
  const pillRoot = inside('squashcast-pill');
  const button = pillRoot?.querySelector('button.pill') ?? null;
  const direct = (selector) => {
    const part = button?.querySelector(selector);
    return part ? part.textContent.trim() : null;
  };
  const classes = button ? [...button.classList] : [];
  const root = document.querySelector('squashcast-panel')?.shadowRoot ?? pillRoot?.querySelector('squashcast-panel')?.shadowRoot ?? null;
  const panel = root?.querySelector('.panel') ?? null;
  const rest = panel?.querySelector('.message .rest');
  return {
    pills: document.querySelectorAll('squashcast-pill').length,
    panels: document.querySelectorAll('squashcast-panel').length,
    bump: ['none', 'patch', 'minor', 'major', 'unknown'].find((name) => classes.includes(name)) ?? null,
    phase: ['loading', 'partial', 'ready', 'failed'].find((name) => classes.includes(name)) ?? null,
    word: direct('.word'),
    version: direct('.version'),
    mark: button?.querySelector('.mark')?.dataset.count ?? null,
    label: button?.getAttribute('aria-label') ?? null,
    panel: panel && {
      head: words(panel, '.version-line'),
      previous: words(panel, '.version-line .previous'),
      next: words(panel, '.version-line .next'),
      tool: words(panel, '.tool'),
      nothing: words(panel, '.nothing'),
      notice: words(panel, '.notice'),
      subject: words(panel, '.message .subject'),
      body: rest ? rest.textContent : null,
      rule: words(panel, '.rule:not(.method)'),
      method: words(panel, '.method'),
      landing: each(panel, '.landing > li'),
      reasons: each(panel, '.reasons > li'),
      entry: [...panel.querySelectorAll('.entry > *')].map((block) => ({
        kind: block.className || block.localName,
        text: block.textContent,
      })),
      findings: each(panel, '.finding'),
      failures: each(panel, '.failure'),
      alternatives: each(panel, '.alternatives > li'),
      assumptions: each(panel, '[aria-labelledby="assumptions"] li'),
      sources: each(panel, '.sources li'),
    },
  };
}

/** Waits until the preview has come as far as it will, and returns what is painted. */
export async function settled(page, options = {}) {
  await page.waitFor(
    () => {
      const button = document.querySelector('squashcast-pill')?.shadowRoot?.querySelector('button.pill');
      if (!button || button.classList.contains('loading')) return false;
      // The panel follows when the page has time.
      const root =
        document.querySelector('squashcast-panel')?.shadowRoot ??
        document.querySelector('squashcast-pill').shadowRoot.querySelector('squashcast-panel')?.shadowRoot;
      const phase = ['partial', 'ready', 'failed'].find((name) => button.classList.contains(name));
      return root?.querySelector('.panel')?.classList.contains(phase) ?? false;
    },
    undefined,
    { what: 'a pill that has its answer', ...options },
  );
  return page.eval(painted);
}

/** Waits until what is painted is as wanted: `wanted` gets the painted data and is called in this process. */
export async function until(page, wanted, what) {
  let last = null;
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    last = await page.eval(painted).catch(() => null);
    if (last && wanted(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for ${what}; painted: ${JSON.stringify(last)}`);
}

/**
 * Clicks what applies a fix until it is filled in, as a reader does: where the page has just changed, the panel says so
 * and shows the fix anew.
 */
export async function filled(page, click) {
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    await click();
    for (let look = 0; look < 40; look += 1) {
      const { panel } = await page.eval(painted);
      if (/Filled in/.test(panel?.notice ?? '')) return;
      if (/has just changed/.test(panel?.notice ?? '')) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error('waited in vain for the fix to be filled in');
}

/** Presses the first button that applies a fix, in the panel below the page's own boxes, once there is one. */
export const press = (page) => filled(page, () => pressOnce(page));

function pressOnce(page) {
  return page.waitFor(
    () => {
      const buttons = document.querySelector('squashcast-panel')?.shadowRoot?.querySelectorAll('.finding button') ?? [];
      const button = [...buttons].find(({ textContent }) => /apply/i.test(textContent));
      button?.click();
      return button !== undefined;
    },
    undefined,
    { what: 'the button that applies it' },
  );
}

/** What is painted, as text for a terminal. */
export function asText({ word, version, label, panel }) {
  const lines = [`pill: ${[word, version].filter(Boolean).join(' ')} (${label})`];
  const add = (title, content) => {
    const list = (Array.isArray(content) ? content : [content]).filter((line) => line !== null && line !== '');
    if (list.length > 0) lines.push('', `${title}:`, ...list.flatMap((line) => line.split('\n').map((each) => `  ${each}`)));
  };
  add('version', panel.head);
  add('release tool', panel.tool);
  add('nothing is released', panel.nothing);
  add('squash message', [panel.subject, ...(panel.body ? ['', panel.body] : [])].filter((line) => line !== null).join('\n'));
  add('made by', panel.rule);
  add('merged', panel.method);
  add('lands', panel.landing);
  add('why', panel.reasons);
  add(
    'changelog entry',
    panel.entry.map(({ kind, text }) => `${/heading/.test(kind) ? '# ' : /item/.test(kind) ? '* ' : ''}${text.trim()}`),
  );
  add('findings', panel.findings);
  add('assumed', panel.assumptions);
  add('not known', panel.failures);
  add('other tools', panel.alternatives);
  add('facts', panel.sources);
  return lines.join('\n');
}
