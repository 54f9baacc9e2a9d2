import type { AgentSpec } from '../domain/agent.js';
import type { AttemptOrder } from '../ports/agent.js';
import type { AgentCommand } from './dialect/dialect.js';
import type { AttemptFolders } from './folders.js';

/** The whole environment of an agent, and the only place that reveals its secrets. The operator's words win over the dialect's. */
export function environmentOf(parts: {
  readonly path: string;
  readonly spec: AgentSpec;
  readonly folders: AttemptFolders;
  readonly order: AttemptOrder;
  readonly command: AgentCommand;
}): Record<string, string> {
  const { path, spec, folders, order, command } = parts;
  const operators: Record<string, string> = {};
  for (const [name, value] of Object.entries(spec.env))
    operators[name] = typeof value === 'string' ? value : value.reveal();
  return {
    PATH: path,
    LANG: 'C.UTF-8',
    HOME: folders.home,
    TMPDIR: folders.temporary,
    ...command.env,
    ...operators,
    FLEET_RUN: order.run,
    FLEET_ROLE: order.role,
    ...(order.task === undefined ? {} : { FLEET_TASK: order.task }),
    FLEET_ARTIFACTS: folders.artifacts,
  };
}
