import { z } from 'zod';
import { address, agentName, agentNames, duration, keys, line, size, textLike, timer } from './schema-parts.js';

const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A secret by the name of the environment variable that holds it. */
const fromEnv = keys({ fromEnv: textLike(variable, 'the name of an environment variable') });
const secretFromEnv = z
  .strictObject(fromEnv.shape, { error: '{ fromEnv: NAME }, because secrets come from the environment only' })
  .describe('Name of the environment variable that holds the secret.');

const agent = keys({
  name: agentName.describe('Unique name.'),
  dialect: z
    .enum(['claude', 'codex', 'gemini', 'opencode', 'amp', 'cursor', 'kiro', 'acp', 'openrouter', 'command'])
    .describe('Which CLI it is; `command` is any program that keeps to the contract for command agents.'),
  model: line().describe("The dialect's own word for the model.").exactOptional(),
  account: line().describe("What limits are counted against; default: the agent's name.").exactOptional(),
  maxConcurrent: z.int().min(1).default(1).describe('How many attempts may run at once.'),
  command: z
    .array(line())
    .min(1)
    .describe('argv of `command` and `acp` agents; relative paths start at this file.')
    .exactOptional(),
  env: z
    .record(
      textLike(variable, 'the name of an environment variable'),
      z.union([z.string(), fromEnv], { error: 'text, or { fromEnv: NAME }' }),
    )
    .default({})
    .describe('Environment of the agent: text, or the name of a variable of Fleet’s own environment.'),
  timeouts: keys({
    silence: timer('5m').describe('An agent that says nothing for so long is ended.'),
    wall: timer('60m').describe('An attempt that takes so long is ended.'),
  }).prefault({}),
  vendor: line()
    .describe(
      "Who makes the model; default: for `opencode`, `acp` and `openrouter` the provider in `model` (`<provider>/<model>`), else the dialect's maker.",
    )
    .exactOptional(),
  events: z.boolean().default(false).describe('`command` only: believe event lines on its stdout.'),
  price: keys({ inputPerMillion: z.number().min(0), outputPerMillion: z.number().min(0) })
    .describe('US dollars per million tokens.')
    .exactOptional(),
});

const roles = keys({
  default: agentNames
    .describe('For every role that is not listed; default: all agents, in their order.')
    .exactOptional(),
  triager: agentNames.exactOptional(),
  researcher: agentNames.exactOptional(),
  planner: agentNames.exactOptional(),
  critic: agentNames.exactOptional(),
  developer: agentNames.exactOptional(),
  verifier: agentNames.exactOptional(),
  auditor: agentNames.exactOptional(),
});

const timesOfDay = '([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d';

const account = keys({
  maxConcurrent: z.int().min(1).describe('How many attempts of all its agents may run at once.').exactOptional(),
  tokensPerDay: z.int().min(1).exactOptional(),
  reserveForReview: z.number().min(0).max(1).default(0.2).describe('Share that is kept for review rounds.'),
  quiet: keys({
    at: textLike(new RegExp(`^${timesOfDay}$`), 'times such as 22:00-07:00'),
    share: z.number().min(0).max(1).default(1),
  })
    .describe('Hours in which another share may be used.')
    .exactOptional(),
});

const forge = keys({
  label: line().default('fleet').describe('The label that starts a run.'),
  allow: z
    .array(z.int().min(1))
    .default([])
    .describe('Ids of users or bots that may command beside those with write access.'),
  deny: z.array(z.int().min(1)).default([]).describe('Ids of users or bots that may never command.'),
}).prefault({});

const notify = keys({
  slack: keys({ token: secretFromEnv, channel: line() }).exactOptional(),
  telegram: keys({ token: secretFromEnv, chat: line() }).exactOptional(),
  email: keys({ smtp: secretFromEnv, from: line(), to: z.array(line()).min(1) }).exactOptional(),
  webhook: keys({ url: address(), secret: secretFromEnv }).exactOptional(),
  events: z
    .array(z.enum(['ready', 'needsPerson', 'merged', 'budget', 'account', 'audit', 'daily']))
    .default(['ready', 'needsPerson', 'merged', 'budget', 'account', 'audit', 'daily']),
  quiet: textLike(new RegExp(`^${timesOfDay}( \\S+)?$`), 'times such as 20:00-08:00 Europe/Berlin').exactOptional(),
});

const limit = z.int().min(1);

/** What an operator may write in `fleet.config.yml`, with its defaults. */
export const operatorSchema = keys({
  agents: z.array(agent).prefault([]).describe('Coding agents; without one Fleet starts and says that it cannot work.'),
  roles: roles.prefault({}).describe('Agents by role, in order of preference.'),
  routing: z.enum(['ordered', 'learned']).default('ordered').describe('How an agent of a role is chosen.'),
  accounts: z.record(line(), account).default({}).describe('What the limits of providers are counted against.'),
  limits: keys({
    runs: limit.default(4).describe('Runs at work at once.'),
    runsPerRepository: limit.default(2).describe('Runs at work at once in one repository.'),
    runsPerDay: limit.default(200),
    runsPerRequesterPerDay: limit.default(50),
  }).prefault({}),
  sandbox: keys({
    mode: z.enum(['bubblewrap', 'off']).default('bubblewrap').describe('`off` is the explicit word of the operator.'),
    memory: size().prefault('4GB'),
    pids: limit.default(512),
    network: z
      .array(line())
      .default(['registry'])
      .describe('Hosts that may be reached; `registry`: package registries.'),
  }).prefault({}),
  publicUrl: address().describe('For links; without it Fleet links to the forge only.').exactOptional(),
  webhooks: z
    .union([z.boolean(), z.enum(['on', 'off'])], { error: 'true or false' })
    .transform((word) => word === true || word === 'on')
    .prefault(true)
    .describe('false: Fleet looks at its repositories every 30 s instead.'),
  questionDeadline: duration().prefault('24h').describe('After it, a run goes on with its assumptions.'),
  retention: keys({
    streams: duration().prefault('14d').describe('How long the streams of agents are kept after a run ended.'),
    worktrees: duration().prefault('14d').describe('How long worktrees are kept after a run ended.'),
  }).prefault({}),
  forges: keys({ github: forge, gitlab: forge }).prefault({}),
  resync: timer('5m').describe('How often repositories are read again in case webhooks were lost.'),
  markerPrefix: textLike(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes')
    .default('fleet')
    .describe('First word of the hidden comments by which Fleet finds its own.'),
  branchPrefix: textLike(/^[A-Za-z0-9](?!.*(\.\.|\/\/|\.lock$))[A-Za-z0-9._/-]*$/, 'a prefix such as fleet/')
    .default('fleet/')
    .describe('What the names of branches begin with.'),
  notify: notify.prefault({}).describe('Where people are told.'),
}).meta({ title: 'fleet.config.yml', description: "The operator's configuration of Fleet." });

/** What a person may write in `fleet.config.yml`. */
export type WrittenConfig = z.input<typeof operatorSchema>;

/** `fleet.config.yml` with its defaults, checked for itself alone. */
export type CheckedConfig = z.output<typeof operatorSchema>;
