// Where the browsers are. Node's own modules only.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const USUAL = {
  chromium: {
    variable: 'CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'],
    places: [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    ],
  },
  firefox: {
    variable: 'FIREFOX',
    names: ['firefox-esr', 'firefox'],
    places: ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
  },
};

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of `chromium` or `firefox`: from CHROMIUM or FIREFOX, the PATH, or the usual places; null where there is none. */
export function browser(kind) {
  const { variable, names, places } = USUAL[kind];
  const given = process.env[variable];
  if (given) return runs(given) ? given : null;
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = names.flatMap((name) => path.map((directory) => join(directory, name))).find(runs);
  return found ?? places.find(runs) ?? null;
}
