import { describe, expect, it } from 'vitest';
import { nextRung, periodOf, type Frontier, type Standing } from '../../src/domain/frontier.js';

const budget = { attempts: 6, replans: 2 };
/** `a:xy` is tree a with x and y failing. */
const at = (...places: readonly string[]): readonly Frontier[] =>
  places.map((place) => {
    const [tree = '', failing = ''] = place.split(':');
    return { tree, failing: failing.split('') };
  });
const standing = (frontiers: readonly Frontier[], change: Partial<Standing> = {}): Standing => ({
  ...{ rung: 'fix', onRung: frontiers.length, frontiers, agents: 2, replans: 0 },
  ...change,
});

describe('the ladder', () => {
  const rows: readonly { name: string; standing: Standing; rung: string; because: string }[] = [
    { name: 'red once → a fix', standing: standing(at('a:x')), rung: 'fix', because: 'goes back to the agent' },
    {
      name: 'fewer fail → a fix',
      standing: standing(at('a:xy', 'b:x')),
      rung: 'fix',
      because: 'nearer; goes back to the agent',
    },
    {
      name: 'as many fail on another tree → a fix',
      standing: standing(at('a:x', 'b:x')),
      ...{ rung: 'fix', because: 'goes back to the agent' },
    },
    {
      name: 'the same tree fails the same → a fresh session',
      standing: standing(at('a:x', 'a:x')),
      ...{ rung: 'fresh', because: 'nothing has changed; a fresh session goes on' },
    },
    {
      name: 'the same tree that fails otherwise is no circle',
      standing: standing(at('a:x', 'a:y')),
      ...{ rung: 'fix', because: 'goes back to the agent' },
    },
    {
      name: 'there and back again → a fresh session',
      standing: standing(at('a:x', 'b:y', 'a:x')),
      ...{ rung: 'fresh', because: 'it goes round in a circle of 2; a fresh session goes on' },
    },
    {
      name: 'three attempts without a new best → a fresh session',
      standing: standing(at('a:x', 'b:x', 'c:xy', 'd:x')),
      ...{ rung: 'fresh', because: '3 attempts brought it no nearer; a fresh session goes on' },
    },
    {
      name: 'a new best on the way starts the count anew',
      standing: standing(at('a:xyz', 'b:xyz', 'c:xy', 'd:xy')),
      ...{ rung: 'fix', because: 'goes back to the agent' },
    },
    {
      name: 'what was tried before does not count against a fresh session',
      standing: standing(at('a:x', 'b:x', 'c:x', 'd:x', 'e:x'), { rung: 'fresh', onRung: 1 }),
      ...{ rung: 'fix', because: 'goes back to the agent' },
    },
    {
      name: 'a fresh session that comes to the same place → another agent',
      standing: standing(at('a:x', 'a:x', 'a:x'), { rung: 'fresh', onRung: 1 }),
      ...{ rung: 'other', because: 'nothing has changed; another agent goes on' },
    },
    {
      name: 'nobody else is there → a new plan',
      standing: standing(at('a:x', 'a:x', 'a:x'), { rung: 'fresh', onRung: 1, agents: 1 }),
      ...{ rung: 'replan', because: 'nothing has changed; the round is planned anew' },
    },
    {
      name: 'attempts are spent → a new plan, even when it comes nearer',
      standing: standing(at('a:xyz', 'b:xyz', 'c:xyz', 'd:xyz', 'e:xy', 'f:x'), { rung: 'fresh', onRung: 2 }),
      ...{ rung: 'replan', because: '6 attempts are spent; the round is planned anew' },
    },
    {
      name: 'new plans are spent, too → a person',
      standing: standing(at('a:x', 'a:x'), { rung: 'other', onRung: 1, replans: 2 }),
      ...{ rung: 'blocked', because: 'nothing has changed; a person is asked' },
    },
  ];
  it.each(rows)('$name', ({ standing, rung, because }) => {
    expect(nextRung(standing, budget)).toEqual({ rung, because });
  });

  it.each([1, 2, 3, 4, 5])('names a circle of %i after at most twice as many attempts and one', (period) => {
    const circle = Array.from({ length: 2 * period + 1 }, (_, index) => ({
      tree: `t${index % period}`,
      failing: ['x'],
    }));
    const named = circle.findIndex((_, index) => periodOf(circle.slice(0, index + 1)) !== undefined) + 1;
    expect(named).toBe(period + 1);
    expect(periodOf(circle.slice(0, named))).toBe(period);
  });

  it('comes to an end for every sequence of results, and asks a person only after every rung', () => {
    for (const agents of [1, 2]) {
      for (let seed = 0; seed < 500; seed += 1) expect(climb(seed, agents).at(-1)).toBe('blocked');
    }
  });
});

/** The rungs of a task that never gets done, on trees thrown by the seed. */
function climb(seed: number, agents: number): readonly string[] {
  const rungs: string[] = [];
  let at: { frontiers: Frontier[]; rung: 'fix' | 'fresh' | 'other'; onRung: number } = empty();
  let replans = 0;
  for (let step = 1; rungs.at(-1) !== 'blocked'; step += 1) {
    if (step > 100) throw new Error(`no end: ${rungs.join(' ')}`);
    const thrown = (seed * 31 + step * step * 17) % 7;
    at.frontiers.push({ tree: `t${thrown}`, failing: ['a', 'b', 'c'].slice(0, 1 + (thrown % 3)) });
    at.onRung += 1;
    const { rung } = nextRung({ ...at, agents, replans }, budget);
    rungs.push(rung);
    if (rung === 'replan') [at, replans] = [empty(), replans + 1];
    else if (rung === 'fresh' || rung === 'other') [at.rung, at.onRung] = [rung, 0];
  }
  expect(replans).toBe(budget.replans);
  return rungs;
}

function empty(): { frontiers: Frontier[]; rung: 'fix'; onRung: number } {
  return { frontiers: [], rung: 'fix', onRung: 0 };
}
