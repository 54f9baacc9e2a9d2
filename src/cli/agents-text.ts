import { readiness, type Account, type Health } from '../domain/account.js';
import { durationText } from '../render/format.js';
import { clipped, oneLine } from '../render/plain.js';
import { loginMend } from './doctor/programs.js';
import type { AgentFinding } from './fleet-port.js';
import { painter, type Terminal } from './terminal.js';

/** An agent as `fleet agents --json` tells it. */
export interface AgentFacts extends AgentFinding {
  /** Can be given work, now or once its account is free again. */
  readonly works: boolean;
  readonly health: Health['kind'];
  readonly limit?: string;
  readonly resetsAt?: string;
}

/** Puts together what was found of an agent and what is kept of its account; an account that met nothing is well, one whose time is over, too. */
export function agentFacts(finding: AgentFinding, accounts: readonly Account[], nowMs: number): AgentFacts {
  const kept = accounts.find(({ name }) => name === finding.account)?.health ?? { kind: 'ok' };
  const health: Health = readiness(kept, nowMs) === 'away' ? kept : { kind: 'ok' };
  return {
    ...finding,
    works: finding.problem === undefined && finding.login !== 'no' && health.kind !== 'needsPerson',
    health: health.kind,
    ...(health.kind === 'parked' ? { limit: health.why, resetsAt: new Date(health.untilMs).toISOString() } : {}),
    ...(health.kind === 'needsPerson' ? { limit: 'auth' } : {}),
  };
}

const nothing = '–';
const widest = 24;
const healthWords = { ok: 'ok', parked: 'parked', needsPerson: 'needs you' } as const;

/** The agents as a table, what is wrong with them or new about them below it. */
export function agentsTable(
  agents: readonly AgentFacts[],
  { nowMs, terminal }: { readonly nowMs: number; readonly terminal: Pick<Terminal, 'colors'> },
): string {
  if (agents.length === 0) {
    return 'No agent is configured and none was found on PATH: install a coding agent, or name one in fleet.config.yml.\n';
  }
  const paint = painter(terminal);
  const head = ['AGENT', 'DIALECT', 'VERSION', 'LOGIN', 'MODEL', 'ACCOUNT', 'HEALTH', 'LIMIT', 'RESET'];
  const [first = '', ...rows] = aligned([head, ...agents.map((agent) => cellsOf(agent, nowMs))]);
  const notes = [...agents.flatMap(wrongOf), ...new Set(agents.flatMap(newnessOf))];
  const working = agents.filter(({ works }) => works).length;
  return [
    ...[paint('bold', first), ...rows],
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...['', `${working} of ${agents.length} can work.`, ''],
  ].join('\n');
}

function cellsOf(agent: AgentFacts, nowMs: number): readonly string[] {
  const { name, dialect, version, login, model, account, health, limit, resetsAt } = agent;
  const cells = [name, dialect, numberIn(version), login, model, account, healthWords[health], limit].map((cell) =>
    cell === undefined ? nothing : clipped(oneLine(cell), widest),
  );
  return [...cells, resetsAt === undefined ? nothing : resetText(Date.parse(resetsAt), nowMs)];
}

/** `2.1.329` of `2.1.329 (Claude Code)`; all of it where no number is found. */
function numberIn(version: string | undefined): string | undefined {
  return /\d+\.\d+[\w.-]*/.exec(version ?? '')?.[0] ?? version;
}

function resetText(resetsAtMs: number, nowMs: number): string {
  return resetsAtMs <= nowMs ? 'now' : `in ${durationText(resetsAtMs - nowMs)}`;
}

function wrongOf({ name, problem, login, health, account }: AgentFacts): readonly string[] {
  if (health === 'needsPerson') {
    return [`${name}: its provider lets nobody in → log it in, then run \`fleet agents --ready ${account}\``];
  }
  if (problem !== undefined) return [oneLine(`${name}: ${problem.what} → ${problem.mend}`)];
  return login === 'no' ? [`${name}: not logged in → ${loginMend}`] : [];
}

/** Said once for all agents of a CLI. */
function newnessOf({ dialect, version, provenOn }: AgentFacts): readonly string[] {
  if (provenOn === undefined) return [];
  const newer = `${dialect} ${clipped(oneLine(numberIn(version) ?? ''), widest)} is newer than ${provenOn}`;
  return [`${newer}, which Fleet was proven on: unknown lines are counted in the journal`];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
