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
import { guards } from './guards.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Shows that the copy still works. */
const control = 'honest-small';

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
