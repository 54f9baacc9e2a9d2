// Runs one program where the kernel gives no namespaces, and ends everything that came of it: when the program ends, when
// Fleet asks for it, or when the pipe at descriptor 3 closes because Fleet died. Plain JavaScript: it runs from src and dist.
// The pipe brings two lines: the order as JSON, and, to end it, `stop`.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';

/** Between SIGTERM and SIGKILL; nothing where nobody is left to wait for. */
const graceMs = 1000;
const pollMs = 25;
/** After SIGKILL: what still lives then is out of reach (another user's, or stuck in the kernel). */
const giveUpMs = 10_000;

/** The program's process id once it runs; also the id of its group and session. */
let root;
/** Stands in the environment of all that the program started, unless they cleared it. */
let marker;
/** Once it ends: when it is killed. */
let killAtMs;
let text = '';

const pipe = new Socket({ fd: 3 });
pipe.setEncoding('utf8');
pipe.on('data', (chunk) => {
  const lines = (text + chunk).split('\n');
  text = lines.pop();
  for (const line of lines) line === 'stop' ? void end(143, graceMs) : startProgram(JSON.parse(line));
});
pipe.on('error', () => undefined); // A close follows, and that is what counts.
pipe.on('close', () => void end(137, 0));

function startProgram(order) {
  marker = `FLEET_ATTEMPT=${order.id}`;
  const [program, ...args] = order.argv;
  const options = { cwd: order.cwd, env: { ...order.env, FLEET_ATTEMPT: order.id }, detached: true };
  const child = spawn(program, args, { ...options, stdio: ['inherit', 'inherit', 'inherit'] });
  root = child.pid;
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    void end(127, 0);
  });
  child.on('exit', (code, signal) => void end(code ?? constants.signals[signal] + 128, graceMs));
}

async function end(code, afterMs) {
  const isEnding = killAtMs !== undefined;
  killAtMs = Math.min(performance.now() + afterMs, killAtMs ?? Infinity);
  if (isEnding) return;
  for (let asked = new Set(), tree = findTree(); tree.length > 0 && !isHopeless(); tree = findTree()) {
    const late = performance.now() >= killAtMs;
    for (const pid of tree.filter((pid) => late || !asked.has(pid))) send(pid, late ? 'SIGKILL' : 'SIGTERM');
    asked = new Set(tree);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  process.exit(code);
}

function isHopeless() {
  return performance.now() > killAtMs + giveUpMs;
}

/** Living processes that belong to the program: by marker, by group, by session, and whatever descends from these. */
function findTree() {
  if (root === undefined) return [];
  const all = process.platform === 'linux' ? processesOfProc() : processesOfPs();
  const tree = new Set(
    all.filter((each) => each.marked || each.group === root || each.session === root).map((each) => each.pid),
  );
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const each of all) if (tree.has(each.parent)) tree.add(each.pid);
  }
  return all
    .filter((each) => tree.has(each.pid) && each.pid !== process.pid && each.state !== 'Z')
    .map((each) => each.pid);
}

function processesOfProc() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      // The name in brackets may hold anything, brackets and spaces included.
      const stat = contentOf(`/proc/${name}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ');
      if (stat.length < 4) return [];
      const marked = contentOf(`/proc/${name}/environ`).split('\0').includes(marker);
      const [parent, group, session] = stat.slice(1, 4).map(Number);
      return [{ pid: Number(name), state: stat[0], parent, group, session, marked }];
    });
}

function processesOfPs() {
  const lines = execFileSync('/bin/ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    return state === undefined ? [] : [{ pid: +pid, parent: +parent, group: +group, state: state[0], marked: false }];
  });
}

function contentOf(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // It ended meanwhile, or belongs to someone else.
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile; whatever else it is, the next look finds it again.
  }
}
