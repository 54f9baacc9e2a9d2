import { test } from 'vitest';
import { aScene } from './scene.js';
import type { RunId } from '../../src/domain/run.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
test('bench', async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 300; i++) files[`src/d${i % 20}/f${i}.js`] = `export const x${i} = ${i};\n`.repeat(50);
  const s = aScene({ files });
  await s.workspaces.fetch(s.repository, s.remote);
  for (let k = 0; k < 7; k++) {
    const t = performance.now();
    await s.workspaces.fetch(s.repository, s.remote);
    const t1 = performance.now();
    const o = await s.workspaces.open({ ...s.order, run: `b${k}` as RunId });
    const t2 = performance.now();
    writeFileSync(join(o.workspace.path, 'src/d0/f0.js'), 'x');
    const kept = await s.workspaces.keep(`b${k}` as RunId, o.start);
    const t3 = performance.now();
    const c = await s.workspaces.commit(`b${k}` as RunId, {
      tree: kept.snapshot.tree,
      parent: o.start.commit,
      message: 'm\n',
    });
    const t4 = performance.now();
    await s.workspaces.push(`b${k}` as RunId, { remote: s.remote, sha: c.commit, branch: `fleet/${k}` });
    const t5 = performance.now();
    await s.workspaces.restore(`b${k}` as RunId, c);
    const t6 = performance.now();
    const f = await s.workspaces.filesOf(s.repository, 'main');
    await f.list();
    await f.read('src/d0/f0.js');
    const t7 = performance.now();
    await s.workspaces.remove(`b${k}` as RunId);
    const t8 = performance.now();
    console.log(
      `fetch ${(t1 - t).toFixed(0)} open ${(t2 - t1).toFixed(0)} keep ${(t3 - t2).toFixed(0)} commit ${(t4 - t3).toFixed(0)} push ${(t5 - t4).toFixed(0)} restore ${(t6 - t5).toFixed(0)} filesOf ${(t7 - t6).toFixed(0)} remove ${(t8 - t7).toFixed(0)}`,
    );
  }
  for (let k = 0; k < 3; k++) {
    const t = performance.now();
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        await s.workspaces.fetch(s.repository, s.remote);
        await s.workspaces.open({ ...s.order, run: `n${k}x${i}` as RunId });
      }),
    );
    console.log('8 at once', (performance.now() - t).toFixed(0));
  }
}, 60000);
