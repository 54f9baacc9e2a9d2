import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runContained } from '../../src/process/run-contained.js';
import { type Tree, usageOfTrees } from '../../src/process/tree-usage.js';
import { anOrder, aSleep, containmentsHere, running } from './support.js';

const containments = await containmentsHere();
const none = { memoryBytes: 0, processes: 0 };

describe.each(containments)('the usage of a program in a %s', (_, containment) => {
  /** Runs a shell line that says when it is up; looks at its tree then, and once more when it has ended. */
  async function usageOf(line: string, upWhen: () => Promise<void>) {
    const stop = new AbortController();
    const following = new EventTarget();
    let tree: Tree | undefined;
    const order = anOrder(line, {
      signal: stop.signal,
      follow: (found) => {
        tree = found;
        return () => following.dispatchEvent(new Event('end'));
      },
    });
    const unfollowed = once(following, 'end');
    const ended = runContained(containment, order);
    await upWhen();
    const trees = tree === undefined ? [] : [tree];
    const during = [...(await usageOfTrees(trees)).values()];
    stop.abort();
    await Promise.all([ended, unfollowed]);
    return { during, after: [...(await usageOfTrees(trees)).values()] };
  }

  it('counts every process, also those that have left their parents and their session', async () => {
    const sleep = aSleep();
    const { during, after } = await usageOf(
      `${sleep} & (setsid ${sleep} &) ; (setsid sh -c '${sleep} & wait' &) ; wait`,
      () => running(sleep, 3),
    );
    // Three sleeps and two shells; a namespace has one more shell.
    expect(during.map(({ processes }) => processes)).toEqual([containment.kind === 'namespace' ? 6 : 5]);
    expect(after).toEqual([none]);
  });

  it('measures what they hold', async () => {
    const sleep = aSleep();
    const program = `const held = Buffer.alloc(200 * 1024 * 1024, 1); require('child_process').execSync('${sleep}')`;
    const { during } = await usageOf(`${process.execPath} -e "${program}"`, () => running(sleep, 1));
    const [heldMb = 0] = during.map(({ memoryBytes }) => memoryBytes / 1024 / 1024);
    expect(heldMb).toBeGreaterThan(190);
    expect(heldMb).toBeLessThan(450);
  });
});
