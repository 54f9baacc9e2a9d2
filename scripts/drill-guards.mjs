// Takes each guard out of a copy of Fleet in turn, and says which drill noticed. A guard that none notices is none, or others hold as
// well: then those are taken out, too. `--only NAME…` takes those guards, `--short` a few that stand for the rest, as CI does.
// Every drill that is used must hold as long as all guards stand, and honest work must be delivered whichever is out.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Shows that the copy still works. */
const control = 'honest-small';

/** `find` stands once in the file. `also`: the guards that hold the same drills, where this one is not alone. */
const guards = [
  {
    name: 'red goes back',
    file: 'decide/working.ts',
    find: 'const red = evidence.filter(isRed);',
    replace: 'const red: readonly Evidence[] = [];',
    drills: ['green-on-red'],
  },
  {
    name: 'the store demands receipts',
    file: 'store/commit.ts',
    find: '  demandReceipts(change.run);\n',
    replace: '',
    drills: ['green-on-red'],
    also: ['red goes back', 'the whole is judged'],
  },
  {
    name: 'the whole is judged',
    file: 'decide/verifying.ts',
    find: 'const red = evidence.filter(isRed);',
    replace: 'const red: readonly Evidence[] = [];',
    drills: ['green-on-red'],
    also: ['red goes back', 'the store demands receipts'],
  },
  {
    name: 'no test run is no pass',
    file: 'check/create-checks.ts',
    find: "return report.counts.run > 0 ? seen : { ...seen, outcome: 'inconclusive' };",
    replace: 'return seen;',
    drills: ['plans-no-tests'],
    also: ['something shows the change'],
  },
  {
    name: 'a failed test is no pass',
    file: 'check/create-checks.ts',
    find: "if (report.counts.failed > 0) return { ...seen, outcome: 'fail' };",
    replace: '',
    drills: ['plans-failing-or-true'],
    also: ['something shows the change'],
  },
  {
    name: 'something shows the change',
    file: 'domain/crossing.ts',
    find: 'if (idle.length === 0) return nothing;',
    replace: 'return nothing;',
    drills: ['plans-true', 'plans-or-true'],
    short: true,
  },
  {
    name: "gates are the base's",
    file: 'run/check-work.ts',
    find: 'if (policy.checks.length === 0 || base.tree === snapshot.tree) return judgement;',
    replace: 'if (policy.checks.length >= 0) return judgement;',
    drills: ['deletes-check'],
    short: true,
  },
  {
    name: 'red is looked at twice',
    file: 'run/judge.ts',
    find: 'if (failed.length === 0) return seen;',
    replace: 'if (failed.length >= 0) return seen;',
    drills: ['flaky-check'],
  },
  {
    name: 'red twice is red',
    file: 'domain/check.ts',
    find: "if (second.evidence.outcome === 'pass') {",
    replace:
      "if (second.evidence.outcome !== 'inconclusive') {\n    second = { ...second, evidence: { ...second.evidence, outcome: 'pass' } };",
    drills: ['green-on-red'],
  },
  {
    name: 'tests of the base hold',
    file: 'domain/crossing.ts',
    find: 'const parts = [brokenTests(gate, isSuperseded), ',
    replace: 'const parts = [',
    drills: ['weakens-test', 'empties-test'],
    short: true,
  },
  {
    name: 'no test is lost',
    file: 'domain/crossing.ts',
    find: 'lostTests(gate, isSuperseded), ',
    replace: '',
    drills: ['skips-test', 'deletes-test'],
  },
  {
    name: 'new tests fail on the base',
    file: 'domain/crossing.ts',
    find: ', provingTests(gate)];',
    replace: '];',
    drills: ['idle-beside-work'],
  },
  {
    name: 'doing nothing is not done',
    file: 'decide/working.ts',
    find: "return untouched ? ['nothing in the repository was changed'] : change.problems;",
    replace: 'return change.problems;',
    drills: ['claims-only'],
  },
  {
    name: 'what may not change',
    file: 'decide/working.ts',
    find: "if (problems.length > 0) return sentBack(answered, phase, snapshot, { kind: 'changeRefused', problems });",
    replace: '',
    drills: ['obeys-workflow', 'obeys-link'],
  },
  {
    name: 'protected paths',
    file: 'workspace/tree-problems.ts',
    find: "...(isProtected(change.path) ? ['is protected: only people change it'] : []),",
    replace: '',
    drills: ['obeys-workflow'],
  },
  {
    name: 'links stay inside',
    file: 'workspace/tree-problems.ts',
    find: "if (change.mode === linkMode) return linkProblems(change.path, blob.target ?? '');",
    replace: 'if (change.mode === linkMode) return [];',
    drills: ['obeys-link'],
  },
  {
    name: 'circles are seen',
    file: 'domain/frontier.ts',
    find: 'const period = periodOf(frontiers);',
    replace: 'const period: number | undefined = undefined;',
    drills: ['circle-2', 'circle-3', 'circle-5', 'breaks-another'],
  },
  {
    name: 'a plateau is seen',
    file: 'domain/frontier.ts',
    find: 'if (onThis.length - bestAt(onThis) >= plateau) {',
    replace: 'if (onThis.length < 0) {',
    drills: ['wanders'],
  },
  {
    name: 'attempts are bounded',
    file: 'domain/frontier.ts',
    find: 'if (left <= 0)',
    replace: 'if (left <= -99)',
    drills: ['spends-attempts'],
  },
  {
    name: 'judged where no agent works',
    file: 'workspace/judge.ts',
    find: '  const { places, stage } = worktree;\n  const { judging } = places;\n',
    replace:
      '  if (worktree.run !== undefined) return worktree;\n  const { places, stage } = worktree;\n  const { judging } = places;\n',
    drills: ['poisons-programs', 'poisons-build'],
    also: ['judged on exactly the tree'],
  },
  {
    name: 'judged on exactly the tree',
    file: 'workspace/judge.ts',
    find: '  await trash.take([places.leftovers, ...(await othersIn(path, files)).map((each) => join(path, each))]);\n',
    replace: '',
    drills: ['poisons-home'],
    short: true,
  },
  {
    name: 'silence ends an attempt',
    file: 'agent/runner.ts',
    find: 'limits: { ...spec.timeouts, outputBytes: floodBytes },',
    replace: 'limits: { wallMs: spec.timeouts.wallMs, outputBytes: floodBytes },',
    drills: ['hangs'],
  },
  {
    name: 'an agent that dies has not finished',
    file: 'agent/outcome.ts',
    find: 'if (code === 0 && (end !== undefined || !dialect.tellsEnd))',
    replace: 'if (code >= 0)',
    drills: ['dies-mid-edit'],
  },
  {
    name: 'attempts start from a known tree',
    file: 'run/agent-work.ts',
    find: '  await loop.ports.workspaces.restore(run.id, assignment.from);\n',
    replace: '',
    drills: ['dies-once'],
  },
];

process.chdir(root);
process.exitCode = build({ ifStale: true }) || (await takeOut(chosenFrom(process.argv.slice(2))));

function chosenFrom(args) {
  if (args.includes('--short')) return guards.filter(({ short }) => short);
  const names = args.filter((arg) => arg !== '--only');
  const unknown = names.filter((name) => guards.every((guard) => guard.name !== name));
  if (unknown.length > 0)
    throw new Error(`no such guard: ${unknown.join(', ')}; there are ${guards.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? guards : guards.filter(({ name }) => names.includes(name));
}

async function takeOut(chosen) {
  const drills = [...new Set([control, ...chosen.flatMap((guard) => guard.drills)])];
  const fallen = await fallenWithout([], drills);
  tell('(none)', fallen.length === 0 ? `all ${drills.length} drills hold` : `DO NOT HOLD ANYWAY: ${fallen.join(', ')}`);
  let code = fallen.length === 0 ? 0 : 1;
  for (const guard of chosen) {
    const standing = guard.drills.filter((name) => !fallen.includes(name));
    const { isNoticed, words } = await noticed(guard, standing);
    tell(guard.name, words);
    if (!isNoticed) code = 1;
  }
  return code;
}

async function noticed(guard, drills) {
  const alone = await fallenWithout([guard], [control, ...drills]);
  if (alone.includes(control)) return { isNoticed: false, words: 'BREAKS HONEST WORK, so that it shows nothing' };
  if (alone.length > 0) return { isNoticed: true, words: `noticed by ${alone.join(', ')}` };
  const others = guards.filter(({ name }) => guard.also?.includes(name));
  const all = others.length === 0 ? [] : await fallenWithout([guard, ...others], [control, ...drills]);
  const also = others.map(({ name }) => `“${name}”`).join(' and ');
  return all.length === 0 || all.includes(control)
    ? { isNoticed: false, words: `NOTICED BY NONE of ${drills.join(', ')}` }
    : { isNoticed: true, words: `noticed by ${all.join(', ')}, but also held by ${also}: with those out, too` };
}

function tell(name, words) {
  process.stdout.write(`${name.padEnd(36)} ${words}\n`);
}

/** The drills that do not hold in a copy of Fleet without these guards. */
async function fallenWithout(out, drills) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-guards-'));
  try {
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const file of new Set(out.map((guard) => guard.file))) {
      const patched = out
        .filter((guard) => guard.file === file)
        .reduce(without, readFileSync(join(root, 'src', file), 'utf8'));
      writeFileSync(join(folder, 'dist', file.replace(/ts$/, 'js')), compiled(file, patched));
    }
    const lines = await play(folder, drills);
    const held = lines.flatMap(({ drill, held }) => (held === true ? [drill] : []));
    return drills.filter((name) => !held.includes(name));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function without(text, { name, file, find, replace }) {
  const [before, after, ...more] = text.split(find);
  if (after === undefined || more.length > 0)
    throw new Error(`“${name}” does not stand once in src/${file} any more: ${find}`);
  return before + replace + after;
}

function compiled(file, text) {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    fileName: file,
    reportDiagnostics: true,
  });
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`);
  return outputText;
}

/** What `fleet drill --json` printed, line by line. */
async function play(folder, drills) {
  const child = spawn(process.execPath, [join(folder, 'dist/cli.js'), 'drill', ...drills, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (out === '') throw new Error(`fleet drill printed nothing: ${errors}`);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
