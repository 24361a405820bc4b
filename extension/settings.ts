// What the user has chosen, in storage.local: background, options and popup only.

import type { Settings } from '../build/wire/Settings';

import type { Own } from './own-forges';

interface Stored {
  settings?: Settings;
  tokens?: Record<string, string>;
  forges?: Own[];
}

/** Everything that was chosen. Tokens go to their own forge and never to a page. */
export async function load(): Promise<{ settings: Settings; tokens: Record<string, string> }> {
  const { settings, tokens } = (await chrome.storage.local.get(['settings', 'tokens'])) as Stored;
  return { settings: { repositories: { ...settings?.repositories } }, tokens: { ...tokens } };
}

/** The forges of the user's own. */
export async function ownForges(): Promise<Own[]> {
  const { forges } = (await chrome.storage.local.get('forges')) as Stored;
  return forges ?? [];
}

/** Keeps them. */
export async function keepForges(forges: Own[]): Promise<void> {
  await chrome.storage.local.set({ forges });
}

/** Keeps the choices for repositories. */
export async function save(settings: Settings): Promise<void> {
  await chrome.storage.local.set({ settings });
}

/** Keeps the token of a forge; an empty one is deleted. */
export async function keep(origin: string, token: string): Promise<void> {
  const { tokens } = await load();
  if (token) tokens[origin] = token;
  else delete tokens[origin];
  await chrome.storage.local.set({ tokens });
}

/** Whether this is a repository's address: `https://github.com/acme/widgets`. */
export function isRepository(address: string): boolean {
  return /^https:\/\/[^/\s?#]+(\/[^/\s?#]+){2,}$/.test(address);
}
