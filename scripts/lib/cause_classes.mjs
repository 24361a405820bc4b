// Whose a difference between replay and record is: that of somebody who decided or wrote by hand, that of the record, which
// does not hold what the tool went by, or ours. What is listed nowhere is ours.

/** Somebody chose the version, or wrote in the entry, as the record shows. */
const BY_HAND = [
  /^(the version is chosen|given|edited|started) by hand\b/,
  /^commits without files count for every package; the entry leaves them out, which was done by hand$/,
  /^the tool asked for our version: .* another was written by hand$/,
  /^commits are left out of it: taken out by hand$/,
  /^the file was (written anew by a later configuration|formatted afterwards\b)/,
];

/** The tool went by something that is in no record: another forge's answer, a file, a clock, a random number. */
const NOT_RECORDED = [
  /\b(is|are) not in the record\b/,
  /\bnot in Git\b/,
  /\bthe record does not (name|tell)\b/,
  /\bis known to the forge\b/,
  /\bthe record holds it as it is afterwards$/,
  /^presumably the public interface changed: cargo-semver-checks reads code$/,
  /\bin its pull request's description\b|\boverrides in their pull requests' descriptions$/,
  /^mail addresses were replaced in the record$/,
  /^the repository had another name$/,
  /\bran past midnight \(UTC\)$/,
  /\bin a random order$/,
  /^the release was merged before the tool had run for the last push$/,
  /^only other packages changed since: the workflow runs the tool for changed packages alone$/,
  /^simple-release wrote it: /,
  /^the entry begins before the commits of the record\b/,
  /^it begins with the last full release, before the commits of the record$/,
  /^the heading names (an earlier tag|another tag before it): /,
  /^made by the version of the tool before: /,
  /^the recorded text runs on into the entry before$/,
  /^written before release-please 13\.0\.0: its order is that in which GitHub gave the commits$/,
];

/** Whose a difference of this cause is: `by hand`, `not in the record` or `ours`. */
export function whose(cause) {
  if (BY_HAND.some((pattern) => pattern.test(cause))) return 'by hand';
  return NOT_RECORDED.some((pattern) => pattern.test(cause)) ? 'not in the record' : 'ours';
}

/**
 * Who decided a release's version: `by hand` where the record's evidence says so, `change files` where some came with its
 * commits (no record holds their text), `tool` otherwise.
 */
export function decider(truth) {
  if (/by hand/.test(truth.tool_evidence) || truth.tool.includes('@vitejs')) return 'by hand';
  const files = truth.commits.flatMap((commit) => commit.files ?? []);
  return truth.tool === 'knope' && files.some((file) => file.startsWith('.changeset/')) ? 'change files' : 'tool';
}
