/**
 * Runs one command and ends it with whoever asked for it: when the channel to the parent closes, for whatever reason, the
 * command is killed. A killed parent so leaves nothing running behind. Started by `supervised.ts`.
 */
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
if (command === undefined || process.send === undefined) process.exit(2);

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = (): void => void child.kill('SIGKILL');
// The parent decides when its child ends; a signal to the whole group is not for the two of them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', end);
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
child.on('spawn', () => process.send?.({ pid: child.pid }));
// Nobody may be there any more to hear it.
if (!process.connected) end();
