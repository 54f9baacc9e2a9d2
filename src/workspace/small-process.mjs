// Starts programs for a process that is too large to start them itself: see starter.ts. Ends with it, and so do the programs.
import { execa } from 'execa';

process.on('message', async ({ id, file, args, options }) => {
  const { exitCode, stdout, stderr, shortMessage } = await execa(file, args, options);
  // Who asked may be gone by now.
  if (process.connected) process.send({ id, end: { exitCode, stdout, stderr, shortMessage } });
});
process.on('disconnect', () => process.exit());
// Ctrl-C goes to the whole group: what is under way is ended by whoever asked for it.
process.on('SIGINT', () => undefined);
