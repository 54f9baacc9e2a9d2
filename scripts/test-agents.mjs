// `npm run test:agents`: real agent CLIs, from the npm registry, at work against a stand-in for their models on loopback: a whole run
// of each, and each with whatever can go wrong with a model. `--short` is what CI has time for; `--only codex`, `--only codex/stall`.
import { parseArgs } from 'node:util';
import { agents } from './agents/agents.mjs';
import { expectAttempt, runAttempt } from './agents/attempt.mjs';
import { expected, faults, shortRows } from './agents/fault-rows.mjs';
import { installCli } from './agents/install.mjs';
import { relayExpectations, relays, runRelay } from './agents/relay.mjs';
import { expectations, runWholeLoop } from './agents/whole-loop.mjs';
import { build } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

/** Rows at the same time; most of them wait. */
const atOnce = 2;

/** Each proof by its name: given the folders with the CLI's programs, it throws a text of what is not so. */
const proofs = {
  ...Object.fromEntries(
    Object.keys(agents).map((name) => [
      `${name}/run`,
      (programs) => proveRun(runWholeLoop(name, programs[name]), expectations),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(expected).flatMap(([name, rows]) =>
      Object.entries(rows).map(([fault, row]) => [
        `${name}/${fault}`,
        (programs) => proveFault(name, { programs: programs[name], fault: faults[fault], row }),
      ]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(relays).map(([name, legs]) => [
      `relay/${name}`,
      (programs) =>
        proveRun(
          runRelay(
            name,
            legs.flatMap((leg) => programs[leg.name]),
          ),
          relayExpectations,
        ),
    ]),
  ),
};

process.exitCode = await main();

async function main() {
  const { values } = parseArgs({ options: { short: { type: 'boolean' }, only: { type: 'string' } } });
  const chosen = Object.keys(proofs).filter((name) => isChosen(name, values));
  if (chosen.length === 0) {
    process.stderr.write(`--only ${values.only}: no such proof; there are ${Object.keys(proofs).join(', ')}\n`);
    return 2;
  }
  ensureInstalled();
  if (build({ ifStale: true }) !== 0) return 1;
  const programs = await installed(chosen);
  const startedMs = performance.now();
  const waiting = [...chosen];
  let failures = 0;
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (!(await holds(name, programs))) failures += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stdout.write(`${chosen.length - failures} passed, ${failures} failed in ${seconds} s\n`);
  return failures === 0 ? 0 : 1;
}

function isChosen(name, { short = false, only }) {
  if (only !== undefined) return name === only || name.startsWith(`${only}/`);
  return !short || ['claude/run', 'codex/run', ...shortRows].includes(name);
}

/** Installs the CLIs that the proofs need; resolves to agent → folders for PATH. */
async function installed(chosen) {
  const inRelay = chosen.some((name) => name.startsWith('relay/'));
  const programs = {};
  for (const [name, { cli }] of Object.entries(agents)) {
    programs[name] = [];
    const isNeeded = inRelay || chosen.some((each) => each.startsWith(`${name}/`));
    if (cli === undefined || !isNeeded) continue;
    const found = await installCli(cli);
    programs[name] = [found.programs];
    process.stdout.write(`agent   ${name}: ${found.version}\n`);
  }
  return programs;
}

async function holds(name, programs) {
  const startedMs = performance.now();
  const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  try {
    await proofs[name](programs);
    process.stdout.write(`ok      ${name}  ${seconds()}\n`);
    return true;
  } catch (error) {
    process.stdout.write(
      `FAILED  ${name}  ${seconds()}\n        ${String(error.message).replaceAll('\n', '\n        ')}\n`,
    );
    return false;
  }
}

async function proveRun(running, expectations) {
  const { findContainment } = await import('../dist/process/containment.js');
  const seen = { ...(await running), containment: await findContainment() };
  try {
    const problems = Object.entries(expectations).flatMap(([what, expect]) => problemWith(what, () => expect(seen)));
    if (problems.length > 0)
      throw new Error(`${problems.join('\n')}\n${seen.fleet.stdout.slice(-3000)}\n${seen.fleet.stderr}`);
  } finally {
    seen.close();
  }
}

async function proveFault(name, { programs, fault, row }) {
  const seen = await runAttempt(name, { programs, fault, ...row });
  const problems = problemWith('the attempt is what it must be', () => expectAttempt(seen, { expected: row, fault }));
  if (problems.length > 0)
    throw new Error(`${problems.join('\n')}\n${JSON.stringify(seen.outcome)}\n${seen.stream.slice(-2000)}`);
}

function problemWith(what, expect) {
  try {
    expect();
    return [];
  } catch (error) {
    return [`not so: ${what}\n${error.message}`];
  }
}
