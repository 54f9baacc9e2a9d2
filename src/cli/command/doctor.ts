import { problemLine } from '../../config/problem.js';
import { connectControl } from '../../control/socket.js';
import type { Finding } from '../doctor/check.js';
import { examine } from '../doctor/examine.js';
import { exit, type Exit } from '../exit.js';
import { harmless, painter, type Paint, type Style } from '../terminal.js';
import type { World } from '../world.js';

const colors: Readonly<Record<Finding['state'], Style>> = { ok: 'green', warn: 'yellow', wrong: 'red' };

/** Looks at what Fleet needs, and says of each part whether it is well, what is wrong, and how to mend it. */
export async function doctor(world: World, { json }: { readonly json: boolean }): Promise<Exit> {
  const findings = await findingsOf(world);
  const paint = painter(world.terminal);
  for (const finding of findings) {
    world.terminal.out(`${json ? JSON.stringify(finding) : findingText(finding, paint)}\n`);
  }
  const wrong = findings.filter(({ state }) => state === 'wrong');
  if (!json) world.terminal.out(`\n${summary(findings)}\n`);
  if (wrong.some(({ name }) => name === 'configuration')) return exit.wrongUse;
  return wrong.length > 0 ? exit.environment : exit.done;
}

async function findingsOf(world: World): Promise<readonly Finding[]> {
  const read = world.configure('server');
  if ('problems' in read) {
    return read.problems.map((problem) => ({
      ...{ name: 'configuration', state: 'wrong', says: problemLine(problem) },
      mend: 'correct it; `fleet schema config` prints what may be written',
    }));
  }
  const { config } = read;
  const { probesFor } = await world.main();
  const server = await connectControl(config.dataFolder);
  return examine({ config, probes: probesFor(config), git: world.git(config), server });
}

function findingText({ name, state, says, mend }: Finding, paint: Paint): string {
  const line = `${paint(colors[state], state.padEnd(5))}  ${name.padEnd(13)}  ${harmless(says)}`;
  return state === 'ok' || mend === undefined ? line : `${line}\n${' '.repeat(22)}→ ${mend}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  return count('wrong') === 0
    ? `Fleet can work${count('warn') === 0 ? '' : `; ${count('warn')} to know of`}.`
    : `${count('wrong')} wrong, ${count('warn')} to know of.`;
}
