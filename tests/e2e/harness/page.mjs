// What a test does with a page, whichever browser it is in.

/** How long anything may take before a test fails, in milliseconds. Far longer than it should: nothing waits for it. */
const PATIENCE = 15_000;

/** How often a page is asked whether what is waited for has come. */
const INTERVAL = 20;

/** What Firefox's driver reports as an error although no script failed: what the page's own policy kept out. */
const COMPLAINT =
  /^(Content-Security-Policy|Cross-Origin Request Blocked|This page is in Quirks Mode|Loading (failed for|module from)|unreachable code|A resource is blocked|downloadable font|None of the “\w+” hashes in the integrity attribute)/i;

const turn = () => new Promise((resolve) => setTimeout(resolve, INTERVAL));

/** The page of either driver; both drivers' pages evaluate functions with one argument alike. */
export class Page {
  constructor(driver) {
    this.driver = driver;
    /** Errors that no script caught, and what was logged as an error. */
    this.errors = [];
    driver.on('pageerror', (error) => {
      const message = String(error?.message ?? error);
      if (!COMPLAINT.test(message)) this.errors.push(message);
    });
  }

  /** Opens an address and waits for its document, not for its last picture. */
  async open(url) {
    if (url.startsWith('moz-extension:')) {
      // Firefox changes the process for it, and its driver never hears that the page has come: the page is asked.
      this.driver.goto(url, { timeout: PATIENCE }).catch(() => {});
      await this.waitFor((wanted) => location.href === wanted && document.readyState !== 'loading', url, { what: url });
      return this;
    }
    await this.driver.goto(url, { waitUntil: 'domcontentloaded', timeout: PATIENCE });
    return this;
  }

  async reload() {
    const url = await this.url();
    if (!url.startsWith('moz-extension:')) return this.driver.reload({ waitUntil: 'domcontentloaded', timeout: PATIENCE });
    // As above.
    await this.eval(() => {
      window.before = true;
      location.reload();
    });
    return this.waitFor(() => window.before === undefined && document.readyState !== 'loading', undefined, { what: `${url} again` });
  }

  // Soft navigations end no load: what follows waits for what it needs.
  back() {
    return this.eval(() => history.back());
  }

  forward() {
    return this.eval(() => history.forward());
  }

  url() {
    return this.eval(() => location.href);
  }

  /** Calls a function in the page, in its own world, with one argument. */
  eval(work, argument) {
    return this.driver.evaluate(work, argument);
  }

  /** Waits until a function called in the page returns something, and returns it. */
  async waitFor(work, argument, { patience = PATIENCE, what } = {}) {
    const end = Date.now() + patience;
    let last;
    for (;;) {
      try {
        last = await this.eval(work, argument);
        if (last) return last;
      } catch (error) {
        // A navigation took the page away under the question.
        if (!/context|navigat|destroy|detached|no such frame|closed/i.test(String(error))) throw error;
        last = error;
      }
      if (Date.now() > end) {
        throw new Error(`waited ${patience / 1000} s in vain for ${what ?? work.toString().replace(/\s+/g, ' ').slice(0, 200)}`);
      }
      await turn();
    }
  }

  /**
   * Clicks the first element of a selector that can be seen, as a mouse would. ` >>> ` leads into an open shadow root:
   * `squashcast-pill >>> button.pill`.
   */
  async click(selector) {
    const { x, y } = await this.waitFor(
      async (path) => {
        const parts = path.split(' >>> ');
        const last = parts.pop();
        let root = document;
        for (const part of parts) root = root?.querySelector(part)?.shadowRoot;
        const element = [...(root?.querySelectorAll(last) ?? [])].find((each) => each.getClientRects().length > 0);
        if (!element) return null;
        element.scrollIntoView({ block: 'center', behavior: 'instant' });
        const before = element.getBoundingClientRect();
        // What is still on its way to its place would be missed.
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const box = element.getBoundingClientRect();
        if (box.x !== before.x || box.y !== before.y || box.width === 0) return null;
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      },
      selector,
      { what: `something to click at ${selector}` },
    );
    await this.driver.mouse.click(x, y);
  }

  /** Focuses a box, empties it and types. */
  async type(selector, text) {
    await this.waitFor(
      (wanted) => {
        const box = document.querySelector(wanted);
        box?.focus();
        box?.select();
        return document.activeElement === box && box !== null;
      },
      selector,
      { what: selector },
    );
    if (text === '') await this.driver.keyboard.press('Backspace');
    else await this.driver.keyboard.type(text);
  }

  /** Presses a key: `Tab`, `Enter`, `Escape`. */
  press(key) {
    return this.driver.keyboard.press(key);
  }

  /** The picture, as PNG. */
  screenshot(path, options = {}) {
    return this.driver.screenshot({ path, ...options });
  }

  close() {
    return this.driver.close();
  }
}

/** Runs where the extension's own scripts run: what its content script has read of the page at an address. */
export async function read(url) {
  for (const { id } of await chrome.tabs.query({})) {
    const state = await chrome.tabs.sendMessage(id, { type: 'state' }).catch(() => null);
    if (state?.page?.url === url) return state.page;
  }
  return null;
}
