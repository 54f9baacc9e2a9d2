import { setTimeout as delay } from 'node:timers/promises';
import type { Health } from '../domain/account.js';
import { needsPerson } from '../domain/failure.js';
import type { Run, RunId } from '../domain/run.js';
import { isEnded } from '../domain/phase.js';
import type { LocalPeople } from '../forge/local/people.js';
import type { Clock } from '../ports.js';
import type { Accounts } from '../ports/accounts.js';
import type { Journal, Runs } from '../ports/store.js';
import type { Answers, Control, ControlOp, Done, RequestOf, ServerFacts } from './request.js';

export interface ControlOptions {
  readonly store: { readonly runs: Runs; readonly journal: Journal; readonly accounts: Accounts };
  readonly people: LocalPeople;
  readonly clock: Clock;
  /** The label that starts a run on the local forge. */
  readonly label: string;
  /** What a run changes, as a unified diff. */
  readonly diff: (run: Run) => Promise<string>;
  readonly facts: ServerFacts;
  /** Names of the accounts that agents have. */
  readonly accounts: readonly string[];
  /** Makes an account well; how it fared before. */
  readonly ready: (account: string) => Promise<Health>;
}

type Operations = { readonly [O in ControlOp]: (request: RequestOf<O>) => Promise<Answers[O]> };

/** How often the journal is looked at while somebody waits for it. */
const lookMs = 50;
/** Entries in one answer. */
const page = 500;
/** How far back an abbreviated id is looked for. */
const remembered = 10_000;
const done: Done = { done: true };

/** The operations that commands have on a Fleet that runs, in its process or through its socket. */
export function createControl(options: ControlOptions): Control {
  const operations: Operations = { ...aboutRuns(options), ...aboutAccounts(options), ...onTheLocalForge(options) };
  return (request) => operations[request.op](request);
}

function aboutRuns({ store, people, clock, diff, facts }: ControlOptions) {
  const find = (run: string) => findRun(store.runs, run);
  return {
    server: async () => Promise.resolve(facts),
    list: async ({ limit, open }) => {
      const runs = await store.runs.list({ limit: open ? remembered : limit });
      return { runs: (open ? runs.filter(({ phase }) => !isEnded(phase)) : runs).slice(0, limit) };
    },
    show: async (request) => {
      const run = await find(request.run);
      const text =
        run.repository.forge === 'local' && run.mergeRequest !== undefined
          ? await people.mergeRequest(run.repository, run.mergeRequest.number)
          : undefined;
      return text === undefined ? { run } : { run, mergeRequest: text };
    },
    diff: async (request) => ({ diff: await diff(await find(request.run)) }),
    log: async ({ run, after, waitMs }) => {
      const { id } = await find(run);
      const untilMs = clock.nowMs() + waitMs;
      for (;;) {
        // Loaded first: a phase that is told comes with all the entries that led to it, or after them.
        const loaded = await store.runs.load(id);
        const entries = await store.journal.read(id, after, page);
        if (entries.length > 0 || clock.nowMs() >= untilMs) {
          return { run: id, entries, phase: (loaded ?? unknownRun(run)).run.phase };
        }
        await delay(lookMs);
      }
    },
    runsOf: async ({ repository, number }) => {
      const { forge, id } = await people.findRepository(repository);
      return { runs: await store.runs.ofIssue(forge, id, number) };
    },
  } satisfies Partial<Operations>;
}

function aboutAccounts({ store, accounts, ready }: ControlOptions) {
  return {
    accounts: async () => ({ accounts: await store.accounts.list() }),
    'account.ready': async ({ account }) => {
      if (accounts.includes(account)) return { before: await ready(account) };
      const known = [...new Set(accounts)].join(', ') || 'none';
      throw needsPerson('configurationBroken', [`There is no account ${account} (known: ${known}).`]);
    },
  } satisfies Partial<Operations>;
}

/** The act with the repository that its name stands for. */
async function namedAct<R extends { readonly repository: string; readonly by?: string | undefined }>(
  people: LocalPeople,
  { repository, by, ...rest }: R,
) {
  return { ...rest, repository: await people.findRepository(repository), ...(by === undefined ? {} : { by }) };
}

function onTheLocalForge({ people, label: startLabel }: ControlOptions) {
  return {
    'repository.add': async ({ at, base, push }) => ({
      repository: await people.addRepository({
        ...{ at, ...(base === undefined ? {} : { base }), ...(push === undefined ? {} : { push }) },
      }),
    }),
    'issue.open': async (request) => {
      const order = await namedAct(people, request);
      return { repository: order.repository, issue: await people.openIssue(order) };
    },
    label: async (request) => {
      await people.label({ ...(await namedAct(people, request)), label: request.label ?? startLabel });
      return done;
    },
    unlabel: async (request) => {
      await people.unlabel({ ...(await namedAct(people, request)), label: request.label ?? startLabel });
      return done;
    },
    comment: async (request) => people.comment(await namedAct(people, request)),
    close: async (request) => {
      await people.close(await namedAct(people, request));
      return done;
    },
    ...onMergeRequests(people),
  } satisfies Partial<Operations>;
}

function onMergeRequests(people: LocalPeople) {
  return {
    threads: async ({ repository, number }) => people.threads(await people.findRepository(repository), number),
    review: async (request) => {
      await people.review(await namedAct(people, request));
      return done;
    },
    reply: async (request) => people.reply(await namedAct(people, request)),
    resolve: async (request) => {
      await people.resolve(await namedAct(people, request));
      return done;
    },
    merge: async (request) => {
      await people.merge(await namedAct(people, request));
      return done;
    },
    reopen: async (request) => {
      await people.reopen(await namedAct(people, request));
      return done;
    },
  } satisfies Partial<Operations>;
}

async function findRun(runs: Runs, name: string): Promise<Run> {
  const exact = await runs.load(name as RunId);
  if (exact !== undefined) return exact.run;
  const all = await runs.list({ limit: remembered });
  const matching = all.filter(({ id }) => id.startsWith(name) || id.endsWith(name));
  const [first, second] = matching;
  if (first === undefined) return unknownRun(name);
  if (second === undefined) return first;
  const some = matching.slice(0, 5).map(({ id }) => id);
  throw needsPerson('configurationBroken', [
    `${name} stands for ${matching.length} runs (${some.join(', ')}, …): give more of the id`,
  ]);
}

function unknownRun(name: string): never {
  throw needsPerson('configurationBroken', [`There is no run ${name}: \`fleet list\` shows all runs.`]);
}
