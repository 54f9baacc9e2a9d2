// Prints what no line should look like: nothing, megabytes, bytes that are no text, JSON in JSON, halves.
import { writeSync } from 'node:fs';

const all = (bytes) => {
  for (let rest = Buffer.from(bytes); rest.length > 0;) rest = rest.subarray(writeSync(1, rest));
};
all('\n\n');
all(`${'x'.repeat(1024 * 1024)}\n`);
all(`{"type":"${'y'.repeat(2 * 1024 * 1024)}"}\n`);
all([0xff, 0xfe, 0x00, 0x0a]);
all('{"a":"{\\"b\\":\\"{}\\"}"}\n');
all(`${'['.repeat(100_000)}\n`);
writeSync(2, 'a half line on standard error');
all('a half line');
