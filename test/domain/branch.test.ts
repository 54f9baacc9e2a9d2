import { describe, expect, test } from 'vitest';
import { branchName, slugOf } from '../../src/domain/branch.js';

describe('slugOf', () => {
  test.each([
    ['Slugify drops digits', 'slugify-drops-digits'],
    ['  [BUG]: foo_bar() throws!  ', 'bug-foo-bar-throws'],
    ['Größe überprüfen: Ærø, Łódź, cœur, ﬁle', 'grosse-uberprufen-aero-lodz-coeur-file'],
    ['', 'issue'],
    ['…!?', 'issue'],
    ['修正する', 'issue'],
    ['🚀 launch', 'launch'],
    ['a'.repeat(80), 'a'.repeat(40)],
    [`${'a'.repeat(39)} bcd`, 'a'.repeat(39)],
    ['../../etc/passwd', 'etc-passwd'],
    ['--upload-pack=evil', 'upload-pack-evil'],
    ['İstanbul', 'istanbul'],
    ['x.lock', 'x-lock'],
  ])('%j becomes %j', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });
});

describe('branchName', () => {
  const order = { prefix: 'fleet/', number: 7, title: 'Keep digits', earlierRuns: 0 };
  test.each([
    [{}, 'fleet/7-keep-digits'],
    [{ earlierRuns: 1 }, 'fleet/7-keep-digits-2'],
    [{ earlierRuns: 11 }, 'fleet/7-keep-digits-12'],
    [{ title: '' }, 'fleet/7-issue'],
    [{ prefix: 'bots-', title: 'b'.repeat(80), earlierRuns: 1 }, `bots-7-${'b'.repeat(38)}-2`],
    [{ title: `${'c'.repeat(37)} d`, earlierRuns: 1 }, `fleet/7-${'c'.repeat(37)}-2`],
  ])('%j gives %j', (change, name) => {
    expect(branchName({ ...order, ...change })).toBe(name);
  });
});
