import { z } from 'zod';
import { pathText, shownValue, type Problem } from './problem.js';
import type { Variables } from './variables.js';

/** As much of the file as these checks need, whatever else may be wrong with it. */
const sketch = z
  .object({
    agents: z
      .array(
        z
          .object({
            ...{ name: z.string().optional(), dialect: z.string().optional() },
            ...{ command: z.unknown().optional(), model: z.unknown().optional() },
          })
          .catch({}),
      )
      .catch([]),
    roles: z.record(z.string(), z.array(z.unknown()).catch([])).catch({}),
  })
  .catch({ agents: [], roles: {} });

/** What a look at single keys does not show: names that are given twice or lead nowhere, commands and variables that are missing. */
export function crossProblems(written: unknown, env: Variables): readonly Problem[] {
  const { agents, roles } = sketch.parse(written ?? {});
  const names = agents.map(({ name }) => name);
  return [
    ...agents.flatMap((agent, index) => agentProblems(agent, index, names)),
    ...Object.entries(roles).flatMap(([role, wanted]) =>
      wanted.flatMap((name, index) => roleProblems(name, `roles.${role}[${index}]`, names)),
    ),
    ...variablesIn(written, []).flatMap(({ path, variable }) =>
      env[variable] ? [] : [{ path, value: variable, expected: 'a variable that is set in the environment' }],
    ),
  ];
}

function agentProblems(
  { name, dialect = '', command, model }: z.output<typeof sketch>['agents'][number],
  index: number,
  names: readonly (string | undefined)[],
): readonly Problem[] {
  const first = names.indexOf(name);
  const doubled = name !== undefined && first < index;
  return [
    ...(doubled
      ? [
          {
            path: `agents[${index}].name`,
            value: shownValue('', name),
            expected: `a name that agents[${first}] does not have`,
          },
        ]
      : []),
    ...((dialect === 'command' || dialect === 'acp') && command === undefined
      ? [
          {
            path: `agents[${index}].command`,
            value: 'nothing',
            expected: `an argv such as [node, ./agent.mjs], because the dialect is ${dialect}`,
          },
        ]
      : []),
    ...(dialect === 'openrouter' && model === undefined
      ? [
          {
            path: `agents[${index}].model`,
            value: 'nothing',
            expected: 'a model of the endpoint such as qwen/qwen3-coder:free, because the dialect is openrouter',
          },
        ]
      : []),
  ];
}

function roleProblems(name: unknown, path: string, names: readonly (string | undefined)[]): readonly Problem[] {
  if (typeof name !== 'string' || names.includes(name)) return [];
  const known = names.filter((each) => each !== undefined).join(', ');
  const expected = known === '' ? 'an agent, and none is configured' : `the name of an agent: ${known}`;
  return [{ path, value: shownValue('', name), expected }];
}

/** Every `fromEnv: NAME` of the file. */
function variablesIn(
  value: unknown,
  path: readonly (string | number)[],
): readonly { path: string; variable: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => variablesIn(entry, [...path, index]));
  return Object.entries(value).flatMap(([key, entry]) =>
    key === 'fromEnv' && typeof entry === 'string'
      ? [{ path: pathText([...path, key]), variable: entry }]
      : variablesIn(entry, [...path, key]),
  );
}
