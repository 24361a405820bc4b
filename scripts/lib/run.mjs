// Runs other programs, and says in one sentence what went wrong when one fails. Node's own modules only: this is
// needed before `npm ci` has run.

import { spawn, spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The project's own directory, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A failure that is told to the user in its own words, without a stack. */
export class Failure extends Error {}

/** Shows what is being done; `squashcast: ` tells it from the output of the programs that are run. */
export function say(sentence) {
  process.stderr.write(`squashcast: ${sentence}\n`);
}

/**
 * Runs a program in the project's directory and waits for it. Its output is kept back and shown only if it fails,
 * unless `show` is set. With `yields`, it and what it starts leave the processor to whatever else runs here.
 */
export function run(program, args, { show = false, yields = false, env = {}, cwd = ROOT, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    if (yields && child.pid !== undefined) {
      try {
        setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
      } catch {
        // It has ended already, or the system has no priorities: it only takes its share.
      }
    }
    const out = [];
    const err = [];
    child.stdout?.on('data', (chunk) => out.push(chunk));
    child.stderr?.on('data', (chunk) => err.push(chunk));
    if (input !== undefined) child.stdin.end(input);
    child.on('error', (error) =>
      reject(new Failure(error.code === 'ENOENT' ? `${program} is not installed, or not in the PATH.` : `${program}: ${error.message}`)),
    );
    child.on('close', (code, signal) => {
      const stdout = Buffer.concat(out).toString();
      const stderr = Buffer.concat(err).toString();
      if (code === 0) return resolve({ stdout, stderr });
      const command = [program, ...args].join(' ');
      const failure = new Failure(`\`${command}\` failed (${signal ?? `exit status ${code}`}).`);
      failure.output = `${stdout}${stderr}`.trimEnd();
      reject(failure);
    });
  });
}

/** Whether a program can be run with these arguments; its trimmed output, or null. */
export function answer(program, args) {
  const { status, stdout } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a script's main function; a failure ends it in one sentence and exit status 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (error.output) process.stderr.write(`${error.output}\n`);
    say(error instanceof Failure ? error.message : (error.stack ?? String(error)));
    process.exitCode = 1;
  }
}

/** Whether a module is the script that Node was asked to run, and not imported by another. */
export function invoked(url) {
  return process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === url;
}
