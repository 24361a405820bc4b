// It lives with the page: soft navigation, tabs, back and forward, re-renders, typing, and workers that go away.

import assert from 'node:assert/strict';
import { group } from './harness/groups.mjs';
import { settled, until } from './harness/panel.mjs';

const one = (seen) => {
  assert.equal(seen.pills, 1);
  assert.ok(seen.panels <= 1);
};

for (const [ui, repo, first, second, files] of [
  ['React', 'widgets', 42, 45, 'changes'],
  ['Rails', 'gears', 7, 8, 'files'],
]) {
  group(`${ui} page`, {}, (test) => {
    const at = (owner, number, tab = '') => `https://github.com/${owner}/${repo}/pull/${number}${tab}`;
    const link = (owner, number, tab = '') => `a[data-soft][href="/${owner}/${repo}/pull/${number}${tab}"]`;

    test('soft navigation, tabs, back and forward leave one pill', async ({ page, owner }) => {
      await page.open(at(owner, first));
      const before = await settled(page);
      one(before);
      await page.click(link(owner, first, '/commits'));
      await page.waitFor(() => location.pathname.endsWith('/commits') && document.querySelector('.commits') !== null);
      one(await until(page, ({ version, pills }) => pills === 1 && version === before.version, 'the pill on the commits tab'));
      await page.click(link(owner, first, `/${files}`));
      await page.waitFor((tab) => location.pathname.endsWith(tab), `/${files}`);
      one(await until(page, ({ version, pills }) => pills === 1 && version === before.version, 'the pill on the files tab'));
      await page.click(link(owner, second));
      const after = await until(
        page,
        ({ pills, phase, label }) => pills === 1 && phase === 'ready' && label !== before.label,
        'the other pull request',
      );
      one(after);
      await page.back();
      await page.waitFor((tab) => location.pathname.endsWith(tab), `/${files}`);
      one(
        await until(page, ({ version, pills, phase }) => pills === 1 && phase === 'ready' && version === before.version, 'the first again'),
      );
      await page.forward();
      one(await until(page, ({ pills, label }) => pills === 1 && label === after.label, 'the second again'));
    });

    test('a page that renders again keeps one pill', async ({ page, owner }) => {
      await page.open(at(owner, first));
      const before = await settled(page);
      for (let time = 0; time < 3; time += 1) {
        const header = await page.eval(() => {
          window.header = document.querySelector('h1');
          document.dispatchEvent(new CustomEvent('demo:render'));
          return window.header !== null;
        });
        assert.ok(header);
        await page.waitFor(() => document.querySelector('h1') !== window.header, undefined, { what: 'the new header' });
        one(await until(page, ({ pills, version }) => pills === 1 && version === before.version, 'the pill after the rendering'));
      }
    });

    test('typing a title is previewed before it is saved, and taken back with it', async ({ page, owner }) => {
      await page.open(at(owner, first));
      const before = await settled(page);
      await page.click('[data-edit]');
      const box = ui === 'React' ? '[class^="prc-PageLayout-Header"] input' : '#issue_title';
      await page.type(box, 'docs: only words');
      const typed = await until(page, ({ panel }) => panel?.subject === `docs: only words (#${first})`, 'the typed subject');
      one(typed);
      assert.notEqual(typed.bump, before.bump);
      await page.click(ui === 'React' ? '[data-cancel]' : '.js-cancel-issue-edit');
      one(
        await until(
          page,
          ({ version, panel }) => version === before.version && panel.subject === before.panel.subject,
          'the stored title again',
        ),
      );
    });

    test('the merge dialog is previewed as it is typed', async ({ page, owner }) => {
      await page.open(at(owner, first));
      await settled(page);
      await page.click('[data-merge]');
      const box = ui === 'React' ? '[data-testid="mergebox-partial"] input[type="text"]' : '#merge_title_field';
      await page.type(box, 'fix: something smaller');
      const typed = await until(page, ({ panel }) => panel?.subject === 'fix: something smaller', 'the typed subject');
      assert.equal(typed.bump, 'patch');
      one(typed);
    });
  });
}

group('life', {}, (test) => {
  test('Bitbucket: soft navigation and the merge dialog', async ({ page, owner }) => {
    await page.open(`https://bitbucket.org/${owner}/widgets/pull-requests/7`);
    one(await settled(page));
    await page.click('[data-merge]');
    await page.type('textarea[name="merge-dialog-commit-message-textfield"]', 'fix: by hand');
    one(await until(page, ({ panel }) => panel?.subject === 'fix: by hand', 'the typed message'));
    await page.click('[data-cancel]');
    await until(page, ({ panel }) => /pull request #7/.test(panel?.subject ?? ''), 'the forge’s own message again');
    await page.click(`a[data-soft][href="/${owner}/widgets/pull-requests/8"]`);
    one(await until(page, ({ panel, pills }) => pills === 1 && /pull request #8/.test(panel?.subject ?? ''), 'the other pull request'));
  });

  test('an old answer never overwrites a newer one', async ({ page, owner, demo, server }) => {
    const late = new RegExp(`api\\.github\\.com/repos/${owner}/widgets/pulls/42$`);
    const release = demo.hold(late);
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    await release.asked;
    await page.click(`a[data-soft][href="/${owner}/widgets/pull/45"]`);
    await until(page, ({ phase, panel }) => phase === 'ready' && /#45/.test(panel?.subject ?? ''), 'the second pull request');
    // Whatever is painted from now on is written down.
    await page.eval(() => {
      const { shadowRoot } = document.querySelector('squashcast-panel');
      window.painted = new Set();
      const note = () => window.painted.add(shadowRoot.querySelector('.message .subject')?.textContent);
      new MutationObserver(note).observe(shadowRoot, { childList: true, characterData: true, subtree: true });
    });
    release();
    const end = Date.now() + 15_000;
    while (!server.log.some(({ url }) => late.test(url))) {
      assert.ok(Date.now() < end, 'the late answer is sent');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // What the same worker is asked after the late answer is answered after it.
    await page.click('[data-edit]');
    await page.type('[class^="prc-PageLayout-Header"] input', 'fix: newer');
    await until(page, ({ panel }) => panel?.subject === 'fix: newer (#45)', 'the typed subject');
    const seen = await page.eval(() => [...window.painted].join('\n'));
    assert.match(seen, /#45/);
    assert.doesNotMatch(seen, /#42/);
  });

  test('a closed tab leaves nothing running', async ({ page, owner, owners, demo, asked, open }) => {
    const release = demo.hold(new RegExp(`api\\.github\\.com/repos/${owner}/`), 10);
    const closing = await open();
    await closing.open(`https://github.com/${owner}/widgets/pull/42`);
    await release.asked;
    await closing.close();
    release();
    // The same worker is asked for another repository: until that is told, it had all the time to go on with the first.
    await page.open(`https://github.com/${owners()}/widgets/pull/42`);
    assert.equal((await settled(page)).phase, 'ready');
    const further = asked(owner).filter(({ url }) => /raw\.githubusercontent|\/compare\//.test(url));
    assert.deepEqual(
      further.map(({ url }) => url),
      [],
    );
  });

  test('a worker killed in between: the next change is answered all the same', async ({ page, owner, browser }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    await settled(page);
    await browser.kill();
    await page.click('[data-edit]');
    await page.type('[class^="prc-PageLayout-Header"] input', 'fix: less');
    one(await until(page, ({ panel }) => panel?.subject === 'fix: less (#42)', 'the preview of a new worker'));
  });

  test('a worker killed while an answer is awaited', async ({ page, owner, browser, demo }) => {
    const release = demo.hold(new RegExp(`api\\.github\\.com/repos/${owner}/`));
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    await release.asked;
    await browser.kill();
    release();
    const seen = await until(page, ({ phase }) => phase === 'ready', 'the preview of a new worker');
    assert.equal(seen.version, '1.5.0');
  });

  test('the pill opens the panel, Escape closes it', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42/commits`);
    await settled(page);
    const pill = (work) =>
      `(() => { const pill = document.querySelector('squashcast-pill').shadowRoot.querySelector('button.pill'); return ${work}; })()`;
    await page.eval(pill('pill.focus()'));
    await page.press('Enter');
    await page.waitFor(pill("pill.getAttribute('aria-expanded') === 'true'"), undefined, { what: 'the open panel' });
    await page.press('Escape');
    await page.waitFor(pill("pill.getAttribute('aria-expanded') === 'false'"), undefined, { what: 'the closed panel' });
  });
});

// What makes the first preview trap: the export is there, and calling it ends as a panic of the core would.
const TRAP = `{
  let times = 1;
  const wrap = (instance) => {
    const exports = { ...instance.exports };
    const real = exports.preview;
    exports.preview = (...all) => {
      if (times-- > 0) throw new WebAssembly.RuntimeError('unreachable');
      return real(...all);
    };
    return { exports };
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const made = await real.apply(WebAssembly, all);
      return made instanceof WebAssembly.Instance ? wrap(made) : { module: made.module, instance: wrap(made.instance) };
    };
  }
}`;

group('trap', { prelude: TRAP }, (test) => {
  test('a trap in the Wasm is said, and the next preview gets a new instance', async ({ page, owner }) => {
    await page.open(`https://github.com/${owner}/widgets/pull/42`);
    const seen = await settled(page);
    assert.equal(seen.phase, 'failed');
    assert.ok(seen.panel.failures.length > 0);
    await page.reload();
    const again = await until(page, ({ phase }) => phase === 'ready', 'the preview of a new instance');
    assert.equal(again.version, '1.5.0');
  });
});
