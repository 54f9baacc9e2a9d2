/** Where a task stood after an attempt: what failed on which tree. Two that are equal are the same place. */
export interface Frontier {
  readonly tree: string;
  /** Names of what failed, sorted: failing tests where they are known, else checks and criteria. */
  readonly failing: readonly string[];
}

/** How Fleet goes on with a task that is not done, from the cheapest to the last. */
export type Rung = 'fix' | 'fresh' | 'other' | 'replan' | 'blocked';

/** What a task may cost. */
export interface TaskBudget {
  readonly attempts: number;
  /** How often a round may be planned anew because a task of it got nowhere. */
  readonly replans: number;
}

/** A task that is not done: all that the next rung depends on. */
export interface Standing {
  /** The rung of the attempt that has just ended. */
  readonly rung: 'fix' | 'fresh' | 'other';
  /** Attempts on this rung, the one that has just ended included. */
  readonly onRung: number;
  /** One for each attempt at the task since it was planned, oldest first. */
  readonly frontiers: readonly Frontier[];
  /** How many agents the role has. */
  readonly agents: number;
  /** How often the round was planned anew already. */
  readonly replans: number;
}

/** Attempts without a new best that make a plateau: what an agent did not mend in three goes it will not mend in a fourth. */
const plateau = 3;

/** What comes next, and why. */
export function nextRung(standing: Standing, budget: TaskBudget): { readonly rung: Rung; readonly because: string } {
  const { frontiers, onRung } = standing;
  const left = budget.attempts - frontiers.length;
  if (left <= 0) return climbed({ ...standing, rung: 'other' }, budget, `${frontiers.length} attempts are spent`);
  const period = periodOf(frontiers);
  if (period !== undefined) {
    const because = period === 1 ? 'nothing has changed' : `it goes round in a circle of ${period}`;
    return climbed(standing, budget, because);
  }
  const onThis = frontiers.slice(-onRung);
  if (onThis.length - bestAt(onThis) >= plateau) {
    return climbed(standing, budget, `${plateau} attempts brought it no nearer`);
  }
  const isNearer = frontiers.length > 1 && bestAt(frontiers) === frontiers.length;
  return { rung: 'fix', because: isNearer ? 'nearer; goes back to the agent' : 'goes back to the agent' };
}

function climbed(
  standing: Standing,
  budget: TaskBudget,
  why: string,
): { readonly rung: Rung; readonly because: string } {
  const rung = above(standing, budget);
  const words: Readonly<Record<Rung, string>> = {
    fix: '',
    fresh: 'a fresh session goes on',
    other: 'another agent goes on',
    replan: 'the round is planned anew',
    blocked: 'a person is asked',
  };
  return { rung, because: `${why}; ${words[rung]}` };
}

function above({ rung, agents, replans }: Standing, budget: TaskBudget): Rung {
  if (rung === 'fix') return 'fresh';
  if (rung === 'fresh' && agents > 1) return 'other';
  return replans < budget.replans ? 'replan' : 'blocked';
}

/** How many attempts ago the last frontier was seen before; undefined when it is new. */
export function periodOf(frontiers: readonly Frontier[]): number | undefined {
  const last = frontiers.at(-1);
  if (last === undefined) return undefined;
  const before = frontiers.slice(0, -1).findLastIndex((one) => isSame(one, last));
  return before === -1 ? undefined : frontiers.length - 1 - before;
}

function isSame(one: Frontier, other: Frontier): boolean {
  return one.tree === other.tree && one.failing.join('\n') === other.failing.join('\n');
}

/** Position, from 1, of the attempt that first came nearest. */
function bestAt(frontiers: readonly Frontier[]): number {
  const least = Math.min(...frontiers.map(({ failing }) => failing.length));
  return frontiers.findIndex(({ failing }) => failing.length === least) + 1;
}
