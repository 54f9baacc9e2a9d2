import { asRecord, membersOf } from '../detect/ecosystem.js';
import { type Command, joined } from './shell.js';

/** A tree, to find programs in. */
export interface Ground {
  readonly all: ReadonlySet<string>;
  /** Text of a file; empty when it is not there. */
  text(path: string): Promise<string>;
}

/** Text for a shell, and the folder that it is run in. */
export interface Line {
  readonly text: string;
  readonly folder: string;
}

/** Where a command leads: to programs of the repository, and to more lines. */
export interface Lead {
  readonly programs?: readonly string[];
  readonly lines?: readonly Line[];
}

/** What only starts another command, with what may stand between. */
const wrappers = new Set([
  ...['env', 'exec', 'time', 'nice', 'command', 'sudo', 'nohup', 'timeout', 'xvfb-run', 'cross-env', 'dotenv'],
  ...['npx', 'bunx', 'pnpx', 'uv', 'uvx', 'poetry', 'pipenv', 'pdm', 'hatch', 'rye', 'bundle', 'c8', 'nyc', 'coverage'],
  ...['if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{'],
]);

/** The command itself. */
export function bare(words: readonly string[]): readonly string[] {
  const [head, ...rest] = words;
  if (head === undefined) return [];
  if (/^(?:-|\w+=)/.test(head)) return bare(rest);
  if (!wrappers.has(head)) return words;
  const at = rest.findIndex((word) => !/^(?:-.*|\d+[smh]?|run|exec)$/.test(word));
  return at === -1 ? [] : bare(rest.slice(at));
}

/** Words that are neither options nor behind `--`, and the folder that an option names. */
function positional(words: readonly string[]): { readonly names: readonly string[]; readonly folder: string } {
  const names: string[] = [];
  let folder = '';
  for (let at = 0; at < words.length && words[at] !== '--'; at += 1) {
    const [option = '', value] = (words[at] ?? '').split('=');
    if (/^(?:--prefix|-C|--dir|--cwd|--directory|-d)$/.test(option)) folder = value ?? words[(at += 1)] ?? '';
    else if (!option.startsWith('-')) names.push(words[at] ?? '');
  }
  return { names, folder };
}

/** `npm run lint`, `yarn lint`, `bun run lint`: the scripts of a manifest, with what is run before and after. */
export async function packageScript({ words, folder }: Command, ground: Ground): Promise<Lead> {
  const { names, folder: named } = positional(words.slice(1));
  const [first = '', second = ''] = names;
  if (/^(?:exec|x|dlx)$/.test(first))
    return { lines: [{ text: words.slice(words.indexOf(first) + 1).join(' '), folder }] };
  const script = /^run(?:-script)?$/.test(first) ? second : first === 't' ? 'test' : first;
  return manifestScripts([script], joined(folder, named), ground);
}

/** `run-s lint:*`, `concurrently "npm:lint" "node x.mjs"`. */
export function manyScripts({ words, folder }: Command, ground: Ground): Promise<Lead> {
  const { names } = positional(words.slice(1));
  return manifestScripts(
    names.map((name) => name.replace(/^npm:/, '')),
    folder,
    ground,
  );
}

async function manifestScripts(names: readonly string[], folder: string, ground: Ground): Promise<Lead> {
  const scripts = asRecord(membersOf(await ground.text(joined(folder, 'package.json')))['scripts']);
  const wanted = names.flatMap((name) =>
    name.endsWith('*') ? Object.keys(scripts).filter((key) => key.startsWith(name.slice(0, -1))) : [name],
  );
  const texts = wanted.flatMap((name) => [`pre${name}`, name, `post${name}`].map((key) => scripts[key]));
  const whole = names.filter((name) => name.includes(' '));
  return { lines: [...whole, ...texts].flatMap((text) => (typeof text === 'string' ? [{ text, folder }] : [])) };
}

export async function composerScript({ words, folder }: Command, ground: Ground): Promise<Lead> {
  const { names } = positional(words.slice(1));
  const name = names.find((each) => !/^run(?:-script)?$/.test(each)) ?? '';
  const script = asRecord(membersOf(await ground.text(joined(folder, 'composer.json')))['scripts'])[name];
  const texts = [script].flat().filter((text) => typeof text === 'string');
  return { lines: texts.map((text) => ({ text: text.replace(/^@(?!php\b)/, 'composer ').replace(/^@/, ''), folder })) };
}

const ruleFiles = {
  make: ['GNUmakefile', 'makefile', 'Makefile'],
  just: ['justfile', 'Justfile', '.justfile'],
} as const;

/** `make lint`, `just lint`: the lines of a target, and what it needs; without a target, the first. */
export async function target(tool: keyof typeof ruleFiles, { words, folder }: Command, ground: Ground): Promise<Lead> {
  const { names, folder: named } = positional(words.slice(1));
  const place = joined(folder, named);
  const file = ruleFiles[tool].map((name) => joined(place, name)).find((path) => ground.all.has(path));
  const rules = rulesIn(file === undefined ? '' : await ground.text(file));
  const first = rules.flatMap((rule) => rule.names).find((name) => !name.startsWith('.'));
  const wanted = names.length > 0 ? names : [first ?? ''];
  const texts = rules
    .filter((rule) => rule.names.some((name) => wanted.includes(name)))
    .flatMap(({ needs, recipe }) => [...needs.map((need) => `${tool} ${need}`), ...recipe]);
  return { lines: texts.map((text) => ({ text, folder: place })) };
}

interface Rule {
  readonly names: readonly string[];
  readonly needs: readonly string[];
  readonly recipe: readonly string[];
}

function rulesIn(text: string): readonly Rule[] {
  const rules: { names: string[]; needs: string[]; recipe: string[] }[] = [];
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const rule = /^([^\s#:=][^#:]*)::?(?![:=])\s*([^#;=]*)(?:;(.*))?$/.exec(line);
    if (rule !== null) {
      const [, names = '', needs = '', recipe] = rule;
      const words = (list: string): string[] => list.trim().split(/\s+/).filter(Boolean);
      rules.push({ names: words(names), needs: words(needs), recipe: recipe === undefined ? [] : [shellLine(recipe)] });
    } else if (/^\s+\S/.test(line)) {
      rules.at(-1)?.recipe.push(shellLine(line));
    }
  }
  return rules;
}

/** What of a recipe's line a shell gets to see. */
function shellLine(line: string): string {
  return line
    .trim()
    .replace(/^[@+-]+\s*/, '')
    .replace(/\$[({]MAKE[)}]/g, 'make');
}
