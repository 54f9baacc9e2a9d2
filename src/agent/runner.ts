import type { AgentSpec } from '../domain/agent.js';
import type { AttemptOrder, AttemptReport } from '../ports/agent.js';
import { bridgeUnsupported, type Dialect } from './dialect/dialect.js';
import { makeFolders, removeFolder } from './folders.js';
import { outcomeOf } from './outcome.js';
import { speak, type Surroundings } from './speak.js';

/** Runs one attempt in folders of its own, speaking the agent's dialect, or what it falls back to. */
export async function runAttempt(
  surroundings: Surroundings,
  { spec, dialect }: { readonly spec: AgentSpec; readonly dialect: Dialect },
  order: AttemptOrder,
): Promise<AttemptReport> {
  const { clock, dataFolder } = surroundings;
  const startedAtMs = clock.nowMs();
  const folders = await makeFolders(dataFolder, { run: order.run, id: order.id, account: spec.account });
  const attempt = { spec, order, folders };
  let spoken = dialect;
  let { end, total } = await speak(surroundings, attempt, spoken);
  const isUnsupported = end.how === 'exited' && end.code === bridgeUnsupported && total.events === 0;
  if (isUnsupported && dialect.fallback !== undefined) {
    spoken = dialect.fallback;
    ({ end, total } = await speak(surroundings, attempt, spoken));
  }
  await removeFolder(folders.temporary);
  const { session, usage, words, unknown } = total;
  return {
    outcome: outcomeOf(end, words, spoken.facts),
    ...{ usage, unknown },
    ...(session === undefined ? {} : { session }),
    startedAtMs,
    endedAtMs: clock.nowMs(),
    artifacts: folders.artifacts,
  };
}
