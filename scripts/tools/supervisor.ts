/**
 * The process that runs one command for `supervised.ts`. It kills the command when the channel to its parent
 * closes. So the command ends even when the parent is killed.
 */
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
if (command === undefined || process.send === undefined) process.exit(2);

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = (): void => void child.kill('SIGKILL');
// Signals to the whole group of processes are ignored, because the parent decides when the command ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', end);
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
child.on('spawn', () => process.send?.({ pid: child.pid }));
// The parent may have ended before the listener was added.
if (!process.connected) end();
