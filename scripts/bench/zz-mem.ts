import { World } from './world.js';
import { enginesIn } from './engine.js';
import { execSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
const world = await World.make(enginesIn(process.env)[Number(process.argv[2] ?? 0)]!, 8);
try {
  const f = await world.start();
  const look = (what: string) => { const pid = execSync(`pgrep -f 'bench/daemon.mjs' | head -1`).toString().trim(); console.log(what, f.residentMb().toFixed(0)); console.log(execSync(`awk '/^[0-9a-f]+-[0-9a-f]+ /{name=$6; perm=$2; size=$1} /^Rss:/{if($2>4000) print $2/1024, perm, name, size}' /proc/${pid}/smaps | sort -rn | head -14`).toString()); };
  await delay(500); look('boot'); await delay(5000); look('boot+5'); await delay(10000); look('boot+15');
  await world.work(world.repositories); look('runs'); await delay(10000); look('runs+10');
} finally { await world.close(); }
