import { readdirSync, readFileSync } from 'node:fs';

const undocumented = readdirSync('src').flatMap((name) => {
  const lines = readFileSync(`src/${name}`, 'utf8').split('\n');
  return lines.flatMap((line, at) =>
    line.startsWith('export ') && !lines[at - 1]?.endsWith('*/') ? [`src/${name}:${at + 1} has no doc comment`] : [],
  );
});
for (const line of undocumented) console.error(line);
process.exitCode = undocumented.length === 0 ? 0 : 1;
