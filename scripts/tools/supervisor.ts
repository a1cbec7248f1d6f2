/**
 * Runs one command and kills it when the parent process has ended: the channel to the parent is then closed. So even a
 * parent that is killed leaves no command running. Started by `supervised.ts`.
 */
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
if (command === undefined || process.send === undefined) process.exit(2);

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = (): void => void child.kill('SIGKILL');
// Signals to the whole process group are ignored, because the parent decides when the command ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', end);
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
child.on('spawn', () => process.send?.({ pid: child.pid }));
// The parent may have ended already.
if (!process.connected) end();
