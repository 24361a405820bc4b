// Fixes: put into the boxes of the forges' own pages and read back from there, undone, copied, and all of it by keyboard.

import assert from 'node:assert/strict';
import { group } from './harness/groups.mjs';
import { filled, settled, until } from './harness/panel.mjs';

const PANEL = 'squashcast-panel';
/** The panel's own root, where it stands and in the popover. */
const ROOT =
  "(document.querySelector('squashcast-panel')?.shadowRoot ?? document.querySelector('squashcast-pill')?.shadowRoot?.querySelector('squashcast-panel')?.shadowRoot)";

/** What stands in a box, and what the page's own script took it for where it keeps a state. */
const read = (page, selector) =>
  page.eval((wanted) => {
    const box = [...document.querySelectorAll(wanted)].find((each) => each.getClientRects().length > 0);
    return box ? { value: box.value, state: box.dataset.state ?? box.value } : null;
  }, selector);

/** Waits until a box holds a text, for its reader and for the page's script. */
async function holds(page, selector, text) {
  const end = Date.now() + 10_000;
  let last = null;
  while (Date.now() < end) {
    last = await read(page, selector);
    if (last?.value === text && last.state === text) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.deepEqual(last, { value: text, state: text }, selector);
}

const apply = (page) => filled(page, () => page.click(`${PANEL} >>> .fix .button.primary`));
const undo = (page) => page.click(`${PANEL} >>> .notice .button`);

/** Nothing was sent to the forge but questions. */
function unsent(server, owner) {
  const sent = server.log.filter(({ method, url }) => method === 'POST' && url.includes(`/${owner}/`));
  assert.deepEqual(
    sent.map(({ url }) => url),
    [],
  );
}

/** What the reader's own paste brings into an empty box of the page. */
async function pasted(page) {
  await page.eval(() => {
    const box = document.createElement('textarea');
    box.id = 'pasted';
    document.body.prepend(box);
    box.focus();
  });
  await page.driver.keyboard.down('Control');
  await page.press('v');
  await page.driver.keyboard.up('Control');
  return page.waitFor(() => document.querySelector('#pasted').value, undefined, { what: 'the pasted text' });
}

for (const [ui, query, titleBox, mergeTitle, mergeBody] of [
  [
    'React',
    '',
    '[class^="prc-PageLayout-Header"] input',
    '[data-testid="mergebox-partial"] input[type="text"]',
    '[data-testid="mergebox-partial"] textarea',
  ],
  ['Rails', '?ui=rails', '#issue_title', '#merge_title_field', '#merge_message_field'],
]) {
  group(`fixes on the ${ui} page`, {}, (test) => {
    test('a corrected title goes into the title’s box, and out again', async ({ page, owner, server }) => {
      await page.open(`https://github.com/${owner}/widgets/pull/44${query}`);
      await settled(page);
      await apply(page);
      await holds(page, titleBox, 'feat: export orders as CSV');
      const applied = await until(page, ({ panel }) => panel?.subject === 'feat: export orders as CSV (#44)', 'the preview of the fix');
      assert.equal(applied.bump, 'minor');
      await undo(page);
      await holds(page, titleBox, 'Feature: export orders as CSV');
      unsent(server, owner);
    });

    test('the browser’s own undo takes it out, too', async ({ page, owner }) => {
      await page.open(`https://github.com/${owner}/widgets/pull/44${query}`);
      await settled(page);
      await apply(page);
      await holds(page, titleBox, 'feat: export orders as CSV');
      await page.eval((selector) => {
        [...document.querySelectorAll(selector)].find((each) => each.getClientRects().length > 0).focus();
      }, titleBox);
      await page.driver.keyboard.down('Control');
      await page.press('z');
      await page.driver.keyboard.up('Control');
      await holds(page, titleBox, 'Feature: export orders as CSV');
    });

    test('a subject goes into the merge box', async ({ page, owner, server }) => {
      await page.open(`https://github.com/${owner}/widgets/pull/42${query}`);
      await settled(page);
      await page.click('[data-merge]');
      await page.type(mergeTitle, 'Feature: keep it (#42)');
      await until(page, ({ panel }) => panel?.findings.some((finding) => /feat: keep it \(#42\)/.test(finding)), 'the finding');
      await apply(page);
      await holds(page, mergeTitle, 'feat: keep it (#42)');
      await undo(page);
      await holds(page, mergeTitle, 'Feature: keep it (#42)');
      unsent(server, owner);
    });

    test('what was typed a moment ago is not overwritten', async ({ page, owner }) => {
      await page.open(`https://github.com/${owner}/widgets/pull/42${query}`);
      await settled(page);
      await page.click('[data-merge]');
      await page.type(mergeTitle, 'Feature: keep it (#42)');
      await until(page, ({ panel }) => panel?.findings.some((finding) => /feat: keep it \(#42\)/.test(finding)), 'the finding');
      // Typed and pressed before any answer can come.
      await page.eval((selector) => {
        const box = [...document.querySelectorAll(selector)].find((each) => each.getClientRects().length > 0);
        box.focus();
        box.select();
        document.execCommand('insertText', false, 'Feature: drop it (#42)');
        document.querySelector('squashcast-panel').shadowRoot.querySelector('.fix .button.primary').click();
      }, mergeTitle);
      await until(
        page,
        ({ panel }) => panel?.findings.some((finding) => /feat: drop it \(#42\)/.test(finding)),
        'the finding of what is typed',
      );
      await holds(page, mergeTitle, 'Feature: drop it (#42)');
      await apply(page);
      await holds(page, mergeTitle, 'feat: drop it (#42)');
    });

    test('a fix of subject and body goes into both boxes, or none', async ({ page, owner, server }) => {
      await page.open(`https://github.com/${owner}/fresh/pull/2${query}`);
      const before = await settled(page);
      assert.match(before.panel.findings.join('\n'), /does not read the “!”/);
      await page.click('[data-merge]');
      await until(page, ({ panel }) => panel?.subject === 'feat!: other words (#2)', 'the dialog’s subject');
      const stood = await read(page, mergeBody);
      // One button for both stands below them.
      await filled(page, () => page.click(`${PANEL} >>> .fix > .button.primary`));
      await holds(page, mergeTitle, 'feat: other words (#2)');
      await holds(page, mergeBody, `${stood.value}\n\nBREAKING CHANGE: other words`);
      assert.equal((await until(page, ({ bump }) => bump === 'major', 'the major version')).bump, 'major');
      await undo(page);
      await holds(page, mergeTitle, 'feat!: other words (#2)');
      await holds(page, mergeBody, stood.value);
      unsent(server, owner);
    });

    test('who may not edit can copy', async ({ page, owner, browser }) => {
      await browser.context.grantPermissions?.(['clipboard-read', 'clipboard-write']);
      await page.open(`https://github.com/${owner}/widgets/pull/44?guest${query.replace('?', '&')}`);
      await settled(page);
      await page.waitFor(`${ROOT}?.querySelector('.fix .button') !== null`, undefined, { what: 'the fix' });
      // Rails keeps the box in the page, hidden; there is no way to open it.
      assert.equal(await page.eval(`${ROOT}.querySelector('.fix .button.primary')`), null);
      await page.click(`${PANEL} >>> .fix .button`);
      await page.waitFor(`/copied/i.test(${ROOT}.querySelector('.fix .button').textContent)`, undefined, {
        what: 'the word that it is copied',
      });
      assert.equal(await pasted(page), 'feat: export orders as CSV');
    });
  });
}

group('fixes', {}, (test) => {
  test('the form of a new pull request', async ({ page, owner, server }) => {
    await page.open(`https://github.com/${owner}/widgets/compare/main...export?expand=1`);
    await settled(page);
    await page.type('#pull_request_title', 'Feature: export them');
    await until(page, ({ panel }) => panel?.findings.some((finding) => /feat: export them/.test(finding)), 'the finding');
    // The panel of a form opens from its pill.
    await page.click('squashcast-pill >>> button.pill');
    await apply(page);
    await holds(page, '#pull_request_title', 'feat: export them');
    await undo(page);
    await holds(page, '#pull_request_title', 'Feature: export them');
    unsent(server, owner);
  });

  test('Bitbucket’s merge dialog', async ({ page, owner, server }) => {
    await page.open(`https://bitbucket.org/${owner}/widgets/pull-requests/7`);
    await settled(page);
    await page.click(`${PANEL} >>> .alternatives button[aria-label*="semantic-release"]`);
    await until(page, ({ panel }) => /semantic-release/.test(panel?.tool ?? '') && panel.findings.length > 0, 'the chosen tool’s findings');
    await page.click('[data-merge]');
    const box = 'textarea[name="merge-dialog-commit-message-textfield"]';
    await page.waitFor((wanted) => document.querySelector(wanted) !== null, box);
    await page.waitFor(`${ROOT}?.querySelector('.fix .button.primary') !== null`, undefined, { what: 'the fix that fits the dialog' });
    const stood = await read(page, box);
    await apply(page);
    const fixed = await page.waitFor(
      ([wanted, before]) => {
        const { value } = document.querySelector(wanted);
        return value !== before && value;
      },
      [box, stood.value],
      { what: 'the fix in the dialog' },
    );
    assert.match(fixed, /^feat: keep the cart between visits/);
    await holds(page, box, fixed);
    // The panel is painted a moment after the pill.
    const [subject] = fixed.split('\n');
    await until(page, ({ bump, panel }) => bump === 'minor' && panel?.subject === subject, 'the preview of the fix');
    await undo(page);
    await holds(page, box, stood.value);
    unsent(server, owner);
  });
});

/** The element that has the focus, through all shadow roots: what it is, and whether it can be seen to have it. */
const FOCUSED = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: element.localName,
    class: element.className,
    words: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 60),
    own: element.getRootNode() instanceof ShadowRoot,
    seen: element.matches(':focus-visible') && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
  };
};

/** Presses Tab until what has the focus is wanted; everything of ours on the way must be seen to have it. */
async function tabTo(page, wanted, what) {
  const way = [];
  for (let step = 0; step < 60; step += 1) {
    await page.press('Tab');
    let focused = await page.eval(FOCUSED);
    // A style may come a moment after the focus.
    for (let look = 0; look < 20 && focused?.own && !focused.seen; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      focused = await page.eval(FOCUSED);
    }
    way.push(focused?.words ?? '');
    if (focused?.own) assert.ok(focused.seen, `the focus on “${focused.words}” is not seen`);
    if (focused && wanted(focused)) return focused;
  }
  throw new Error(`Tab never came to ${what}: ${way.join(' | ')}`);
}

group('by keyboard', {}, (test) => {
  test('pill, panel, findings, fix and undo', async ({ open, owner }) => {
    // Firefox never gives its first window's page the focus that is to be seen.
    const page = await open();
    await page.open(`https://github.com/${owner}/widgets/pull/44/commits`);
    await settled(page);
    await tabTo(page, ({ class: name }) => /\bpill\b/.test(name), 'the pill');
    await page.press('Enter');
    await page.waitFor(
      "document.querySelector('squashcast-pill').shadowRoot.querySelector('button').getAttribute('aria-expanded') === 'true'",
    );
    await tabTo(page, ({ class: name, own }) => own && /primary/.test(name), 'the fix');
    await page.press('Enter');
    const box = '[class^="prc-PageLayout-Header"] input';
    await holds(page, box, 'feat: export orders as CSV');
    await tabTo(page, ({ own, words }) => own && words === 'Undo', 'the undoing');
    await page.press('Enter');
    await holds(page, box, 'Feature: export orders as CSV');
  });

  test('Escape gives the focus back to the pill', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/44/commits`);
    await settled(page);
    await tabTo(page, ({ class: name }) => /\bpill\b/.test(name), 'the pill');
    await page.press('Enter');
    await tabTo(page, ({ class: name, own }) => own && !/\bpill\b/.test(name), 'the panel');
    await page.press('Escape');
    await page.waitFor(
      () => document.querySelector('squashcast-pill').shadowRoot.activeElement?.classList.contains('pill') ?? false,
      undefined,
      { what: 'the focus on the pill' },
    );
  });

  test('findings are announced once, politely', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/44`);
    await settled(page);
    await page.eval(() => {
      const { shadowRoot } = document.querySelector('squashcast-pill');
      window.said = [];
      const note = () => {
        const text = shadowRoot.querySelector('[role="status"]')?.textContent ?? '';
        if (text !== '' && text !== window.said.at(-1)) window.said.push(text);
      };
      new MutationObserver(note).observe(shadowRoot, { childList: true, characterData: true, subtree: true });
      note();
    });
    const [first] = await page.waitFor(() => window.said.length > 0 && window.said, undefined, { what: 'the announcement' });
    assert.match(first, /makes no release of the type “Feature”/);
    // The page renders again, and another title comes and goes: what was said is not said again.
    await page.eval(() => {
      window.header = document.querySelector('h1');
      document.dispatchEvent(new CustomEvent('demo:render'));
    });
    await page.waitFor(() => document.querySelector('h1') !== window.header, undefined, { what: 'the new header' });
    await page.click('[data-edit]');
    const box = '[class^="prc-PageLayout-Header"] input';
    await page.type(box, 'feat: fine');
    await until(page, ({ panel }) => panel?.subject === 'feat: fine (#44)', 'the typed subject');
    await page.type(box, 'Feature: export orders as CSV');
    await until(page, ({ panel }) => panel?.findings.length > 0, 'the finding again');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(await page.eval(() => window.said), [first]);
    const roles = await page.eval(() =>
      [...document.querySelector('squashcast-pill').shadowRoot.querySelectorAll('[role], [aria-live]')].map(
        (each) => each.getAttribute('aria-live') ?? each.getAttribute('role'),
      ),
    );
    assert.ok(roles.every((role) => !/alert|assertive/.test(role)));
  });
});
